// A parameter that is given nothing else.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	list(os.Stdout, 100)
}

func list(to io.Writer, until int) {
	for i := range until {
		fmt.Fprintln(to, i) // want fmt.Fprintln
	}
}
