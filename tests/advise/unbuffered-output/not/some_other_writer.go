// A writer that may be another one: given twice, by an interface, by its address, in a table.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

func lines(to io.Writer) {
	for i := range 100 {
		fmt.Fprintln(to, i)
	}
}

func set(to *io.Writer) { *to = &bytes.Buffer{} }

func main() {
	lines(os.Stdout)
	lines(&bytes.Buffer{})
	var to io.Writer = os.Stdout
	set(&to)
	table := []io.Writer{os.Stdout, &bytes.Buffer{}}
	for i := range 100 {
		fmt.Fprintln(to, i)
		fmt.Fprintln(table[i%2], i)
	}
	for _, each := range table {
		write := func(w io.Writer) { fmt.Fprintln(w, "x") }
		write(each)
	}
}
