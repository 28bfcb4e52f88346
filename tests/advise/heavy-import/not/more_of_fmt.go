package main

import "fmt"

func main() { fmt.Printf("%5d\n", 3) }
