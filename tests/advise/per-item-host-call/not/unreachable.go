package main

import (
	"os"
	"runtime"
)

//go:wasmimport env emit
func emit(n int32)

func all[T any]() {
	for i := range os.Args {
		emit(int32(i))
	}
}

func main() {
	if runtime.GOOS == "linux" {
		all[int]()
	}
}
