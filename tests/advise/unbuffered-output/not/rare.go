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
		if verbose > 1 && !quiet {
			fmt.Println("a trace that was asked for")
		}
		trace(i)
		found(i)
	}
}

var verbose, quiet = len(os.Args), false

func trace(i int) {
	if verbose > 2 {
		fmt.Println("at", i)
	}
}

func found(i int) {
	if i > 0 {
		return
	}
	fmt.Println("a mistake")
}

func report(err error) { fmt.Println("failed:", err) }

func usage() {
	fmt.Println("usage: rare")
	os.Exit(2)
}

func try(i int) error { return nil }
