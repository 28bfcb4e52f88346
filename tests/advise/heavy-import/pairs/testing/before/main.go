package main

import (
	"fmt"
	"testing"
)

func main() {
	if testing.Testing() {
		return
	}
	fmt.Println("hello")
}
