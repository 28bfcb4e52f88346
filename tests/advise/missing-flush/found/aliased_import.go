// The package under another name; an error is returned on the way, which does not count.
package main

import (
	b "bufio"
	"fmt"
	"os"
)

func main() {
	if err := list(os.Args); err != nil {
		os.Exit(1)
	}
}

func list(all []string) error {
	out := b.NewWriterSize(os.Stdout, 1<<16) // want bufio.NewWriterSize
	for _, each := range all {
		if _, err := fmt.Fprintln(out, each); err != nil {
			return err
		}
	}
	return nil
}
