// The package under another name, and a name of the writer that is taken.
package main

import (
	f "fmt"
	"strings"
)

var out = strings.Fields("a b c d e f g h i j k l m n o p q r s t")

func main() {
	for range out {
		f.Printf("%d\n", len(out)) // want fmt.Printf
	}
}
