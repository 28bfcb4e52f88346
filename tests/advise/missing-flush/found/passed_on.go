// It is given to functions of the program's own and of the standard library, which do not flush it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
	title(out)
	json.NewEncoder(out).Encode(1)
	io.Copy(out, os.Stdin)
}

func title(to io.Writer) { deeper(to, 1) }

func deeper[T any](to io.Writer, what T) { fmt.Fprintln(to, what) }
