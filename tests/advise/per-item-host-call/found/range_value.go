package main

import "os"

//go:wasmimport env emit
func emit(n int32)

func main() {
	for _, name := range os.Args {
		emit(int32(len(name))) // want main.emit
	}
}
