package main

import (
	"fmt"
	"os"
)

func main() {
	name := os.Getenv("USER")
	if name == "" {
		name = "nobody"
	}
	fmt.Println(name)
}
