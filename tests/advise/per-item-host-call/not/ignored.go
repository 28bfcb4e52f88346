package main

import "os"

//go:wasmimport env emit
func emit(n int32)

func main() {
	for i := range os.Args {
		emit(int32(i)) //wasip1:ignore per-item-host-call the host shows each at once
	}
}
