// What is written after the Flush is lost.
package main

import (
	"bufio"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
	out.WriteString("head")
	out.Flush()
	if len(os.Args) > 1 {
		out.WriteString("tail")
	}
}
