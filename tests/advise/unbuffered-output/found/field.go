// A field that is given nothing else; the type is generic.
package main

import (
	"fmt"
	"io"
	"os"
)

type printer[T any] struct {
	to   io.Writer
	seen []T
}

func (p *printer[T]) all() {
	for _, each := range p.seen {
		fmt.Fprintln(p.to, each) // want fmt.Fprintln
	}
}

func main() {
	p := &printer[int]{to: os.Stdout}
	p.seen = append(p.seen, 1, 2, 3)
	p.all()
}
