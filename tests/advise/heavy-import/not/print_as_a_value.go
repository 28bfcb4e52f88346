package main

import "fmt"

func main() {
	show := fmt.Println
	show("hello")
}
