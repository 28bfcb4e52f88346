// os.Exit runs nothing deferred.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for i, each := range os.Args {
		fmt.Fprintln(out, each)
		if i == 10 {
			os.Exit(1) // want os.Exit
		}
	}
}
