// Nothing calls it.
package main

import (
	"bufio"
	"os"
)

func main() {}

func unused() {
	out := bufio.NewWriter(os.Stdout)
	out.WriteString("x")
}
