// Loggers to standard output: package log's own, and another.
package main

import (
	"log"
	"os"
)

func main() {
	log.SetOutput(os.Stdout)
	log.SetFlags(0)
	mine := log.New(os.Stdout, "mine: ", 0)
	for i := range 100 {
		log.Println(i) // want log.Println
		mine.Printf("%d", i)
	}
}
