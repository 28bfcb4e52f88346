package main

import "fmt"

type color int

func (c color) String() string { return "red" }

func main() { fmt.Println(color(1)) }
