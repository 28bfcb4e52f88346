package main

import "fmt"

var isTest bool // a test sets it

func main() {
	if isTest {
		return
	}
	fmt.Println("hello")
}
