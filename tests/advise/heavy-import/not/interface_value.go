package main

import "fmt"

func show(value any) { fmt.Println(value) }

func main() { show(3) }
