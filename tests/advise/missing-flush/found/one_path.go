// One of the ways out has no Flush.
package main

import (
	"bufio"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
	for _, each := range os.Args {
		out.WriteString(each)
		if each == "-q" {
			return
		}
	}
	out.Flush()
}
