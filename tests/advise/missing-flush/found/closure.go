// In a closure, of its own; and one of the function around it, written to in a closure.
package main

import (
	"bufio"
	"os"
)

func main() {
	outer := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
	each(func(text string) {
		inner := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
		inner.WriteString(text)
		outer.WriteString(text)
	})
}

func each(do func(string)) { do("a") }
