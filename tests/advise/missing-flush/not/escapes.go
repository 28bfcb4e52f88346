// Someone else has it, and may flush it.
package main

import (
	"bufio"
	"io"
	"os"
)

type holder struct{ to io.Writer }

var kept io.Writer

func made() *bufio.Writer {
	out := bufio.NewWriter(os.Stdout)
	out.WriteString("head")
	return out
}

func main() {
	made().Flush()
	stored := bufio.NewWriter(os.Stdout)
	stored.WriteString("x")
	kept = stored
	inside := bufio.NewWriter(os.Stdout)
	inside.WriteString("x")
	h := holder{inside}
	h.to.(*bufio.Writer).Flush()
	flushed := bufio.NewWriter(os.Stdout)
	flushed.WriteString("x")
	end(flushed)
	asked := bufio.NewWriter(os.Stdout)
	asked.WriteString("x")
	perhaps(asked)
	value := bufio.NewWriter(os.Stdout)
	value.WriteString("x")
	finish(value.Flush)
}

func end(w *bufio.Writer) { w.Flush() }

func perhaps(w io.Writer) {
	if f, ok := w.(interface{ Flush() error }); ok {
		f.Flush()
	}
}

func finish(do func() error) { do() }
