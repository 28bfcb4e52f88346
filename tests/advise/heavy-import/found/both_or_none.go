package main

import (
	"fmt" // want fmt
	"log" // want log
)

func main() {
	log.SetFlags(0)
	log.Print("start")
	fmt.Println("hello")
}
