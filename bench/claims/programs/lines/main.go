// Command lines prints so many lines, each by a write of its own or through a buffer.
//
//	lines 1000 plain
//	lines 1000 4096
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
)

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	var out io.Writer = os.Stdout
	if size, err := strconv.Atoi(os.Args[2]); err == nil {
		buffer := bufio.NewWriterSize(os.Stdout, size)
		defer buffer.Flush()
		out = buffer
	}
	for number := range count {
		fmt.Fprintln(out, "line", number)
	}
}
