// Flushed on each way out; what failed counts for nothing.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	if err := list(os.Args); err != nil {
		println(err.Error())
		os.Exit(1)
	}
}

func list(all []string) error {
	out := bufio.NewWriter(os.Stdout)
	for i, each := range all {
		if _, err := fmt.Fprintln(out, each); err != nil {
			return err
		}
		if i > 100 {
			return fmt.Errorf("%d are too many", i)
		}
		switch {
		case each == "-q":
			return out.Flush()
		case each == "-p":
			panic("out of paper")
		default:
			continue
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return nil
}
