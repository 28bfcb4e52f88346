package main

import (
	"fmt"
	"log"
)

func main() {
	log.Print("start")
	fmt.Printf("%8.3f\n", 1.5)
}
