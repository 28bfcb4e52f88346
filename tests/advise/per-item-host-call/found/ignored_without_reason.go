package main

import "os"

//go:wasmimport env emit
func emit(n int32)

func main() {
	for i := range os.Args {
		//wasip1:ignore per-item-host-call
		emit(int32(i)) // want main.emit
	}
}
