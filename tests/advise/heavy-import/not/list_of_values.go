package main

import "fmt"

func show(values ...any) { fmt.Println(values...) }

func main() { show("a", "b") }
