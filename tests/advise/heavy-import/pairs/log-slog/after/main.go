package main

import (
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	log.Printf("INFO read files=%d", len(os.Args))
}
