package main

import "fmt"

func show[T any](value T) { fmt.Println(value) }

func main() { show(3) }
