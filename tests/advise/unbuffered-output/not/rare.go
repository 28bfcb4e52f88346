// In a loop, and rarely: where something failed, in every thousandth round, after a time.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	began := time.Now()
	for i := range 100_000 {
		if i%1000 == 0 {
			fmt.Println("so far", i)
		}
		if time.Since(began) > time.Second {
			fmt.Println("still here")
			began = time.Now()
		}
		if err := try(i); err != nil {
			fmt.Println(err)
			continue
		}
		switch err := try(i); {
		case errors.Is(err, io.EOF):
			fmt.Println("the end")
		case err != nil:
			report(err)
		}
		if i < 0 {
			usage()
		}
	}
}

func report(err error) { fmt.Println("failed:", err) }

func usage() {
	fmt.Println("usage: rare")
	os.Exit(2)
}

func try(i int) error { return nil }
