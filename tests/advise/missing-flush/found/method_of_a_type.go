// A method; the name Flush is another type's.
package main

import (
	"bufio"
	"os"
)

type tank struct{}

func (tank) Flush() {}

func (t tank) fill() {
	out := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
	out.WriteByte('x')
	defer t.Flush()
}

func main() { tank{}.fill() }
