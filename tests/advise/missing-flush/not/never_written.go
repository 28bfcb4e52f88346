// Nothing is written to it, or to nowhere.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	println(out.Size())
	nowhere := bufio.NewWriter(io.Discard)
	fmt.Fprintln(nowhere, "x")
}
