// The writer is one of several behind an interface, with one that is flushed.
package main

import (
	"bufio"
	"os"
)

type flusher interface {
	WriteString(string) (int, error)
	Flush() error
}

func main() {
	var to flusher = bufio.NewWriter(os.Stdout)
	to.WriteString("x")
	to.Flush()
}
