// A buffer of the program's own, blocks of a file, and what was put together.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	var pending []byte
	for i := range 100_000 {
		pending = fmt.Appendln(pending, i)
		if len(pending) > 4096 {
			os.Stdout.Write(pending)
			pending = pending[:0]
		}
	}
	os.Stdout.Write(pending)
	block := make([]byte, 65536)
	for {
		n, err := os.Stdin.Read(block)
		os.Stdout.Write(block[:n])
		if err == io.EOF {
			break
		}
	}
	for range 100 {
		var page strings.Builder
		page.WriteString("much")
		fmt.Print(page.String())
		os.Stdout.WriteString(page.String())
	}
}
