package main

import (
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	log.Printf("%d files", len(os.Args))
	log.Fatal("no input")
}
