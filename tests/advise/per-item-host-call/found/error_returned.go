// An error ends the loop: with a batch it would end it, too.
package main

import (
	"errors"
	"os"
)

//go:wasmimport env emit
func emit(n int32) int32

func send(n int) error {
	if emit(int32(n)) != 0 {
		return errors.New("not sent")
	}
	return nil
}

func all() error {
	for _, name := range os.Args {
		if err := send(len(name)); err != nil { // want main.emit
			return err
		}
	}
	return nil
}

func main() { println(all()) }
