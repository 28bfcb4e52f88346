package main

import "fmt" // want fmt

func main() { fmt.Println("hello", len("x")) }
