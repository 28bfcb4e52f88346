// Nothing flushes it.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
	fmt.Fprintln(out, "hello")
}
