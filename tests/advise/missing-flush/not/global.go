// A package's variable that some function flushes.
package main

import (
	"bufio"
	"fmt"
	"os"
)

var out = bufio.NewWriter(os.Stdout)

func main() {
	fmt.Fprintln(out, "hello")
	finish(0)
}

func finish(code int) {
	out.Flush()
	os.Exit(code)
}
