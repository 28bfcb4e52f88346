// A field that a method flushes, and one that is embedded.
package main

import (
	"bufio"
	"os"
)

type report struct{ out *bufio.Writer }

func (r *report) Close() error { return r.out.Flush() }

type writer struct{ *bufio.Writer }

func main() {
	r := &report{out: bufio.NewWriter(os.Stdout)}
	r.out.WriteString("x")
	defer r.Close()
	w := writer{Writer: bufio.NewWriter(os.Stdout)}
	w.WriteString("x")
	w.Flush()
}
