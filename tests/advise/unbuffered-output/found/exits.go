// The program may end before what is deferred: no edits are made.
package main

import (
	"fmt"
	"os"
)

func main() {
	for i := range 100 {
		fmt.Println(i) // want fmt.Println
		if i == len(os.Args)+98 {
			os.Exit(1)
		}
	}
}
