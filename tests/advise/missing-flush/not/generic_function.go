// A generic function ends what it is given.
package main

import (
	"bufio"
	"os"
)

func finish[T interface{ Flush() error }](w T) error { return w.Flush() }

func main() {
	out := bufio.NewWriter(os.Stdout)
	out.WriteString("x")
	finish(out)
}
