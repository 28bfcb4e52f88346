// The program ends after the Flush, before the first write, or because the writing failed.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if len(os.Args) > 9 {
		os.Exit(2)
	}
	if _, err := fmt.Fprintln(out, "hello"); err != nil {
		log.Fatal(err)
	}
	err := out.WriteByte('x')
	if err != nil {
		log.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
	os.Exit(0)
}
