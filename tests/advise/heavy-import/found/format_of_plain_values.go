package main

import (
	"fmt" // want fmt
	"os"
)

type count uint16

func main() {
	name, n, err := "x", count(3), error(nil)
	fmt.Printf("%s: %d of %v, %t 100%%\n", name, n, int64(4), n > 2)
	fmt.Fprintf(os.Stderr, "%q\n", name)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
