// Labels and branches, each of which comes by the Flush.
package main

import (
	"bufio"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
rounds:
	for _, each := range os.Args {
		for _, letter := range each {
			out.WriteRune(letter)
			switch letter {
			case 'q':
				break rounds
			case 'n':
				continue rounds
			case 'f':
				fallthrough
			default:
				out.WriteByte(' ')
			}
		}
	}
	out.Flush()
}
