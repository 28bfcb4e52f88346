// Made again in each round, and only the last one is flushed.
package main

import (
	"bufio"
	"os"
)

func main() {
	for _, each := range os.Args {
		out := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
		out.WriteString(each)
		switch each {
		case "flush":
			out.Flush()
		}
	}
}
