package main

import (
	"fmt"
	_ "net/http/pprof"
)

func main() {
	fmt.Println("hello")
}
