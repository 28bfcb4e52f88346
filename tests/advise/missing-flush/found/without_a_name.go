// Nothing can flush it.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(bufio.NewWriter(os.Stdout), "hello") // want bufio.NewWriter
}
