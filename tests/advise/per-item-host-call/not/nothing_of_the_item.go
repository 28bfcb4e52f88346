package main

import "os"

//go:wasmimport env tick
func tick(n int32)

func main() {
	n := int32(len(os.Args))
	for range os.Args {
		tick(n)
	}
}
