// A field that nothing flushes.
package main

import (
	"bufio"
	"os"
)

type report struct {
	name string
	out  *bufio.Writer
}

func (r *report) line(text string) { r.out.WriteString(text) }

func main() {
	r := &report{name: "a", out: bufio.NewWriter(os.Stdout)} // want bufio.NewWriter
	r.line("hello")
}
