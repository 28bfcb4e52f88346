package main

import "fmt"

type nullString struct {
	String string
	Valid  bool
}

func main() {
	name := nullString{"Ada", true}
	fmt.Println(name.String, name.Valid)
}
