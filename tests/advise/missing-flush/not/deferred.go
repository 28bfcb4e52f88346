// Flushed when the function returns, whatever happens.
package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	packed, err := gzip.NewWriterLevel(out, 9)
	if err != nil {
		return
	}
	defer func() {
		if err := packed.Close(); err != nil {
			println(err.Error())
		}
	}()
	for _, each := range os.Args {
		fmt.Fprintln(packed, each)
		if each == "-q" {
			return
		}
	}
}
