// A variable that never is anything else.
package main

import (
	"fmt"
	"io"
	"os"
)

var w io.Writer = os.Stdout

func main() {
	for i := range 30 {
		fmt.Fprintln(w, i) // want fmt.Fprintln
	}
}
