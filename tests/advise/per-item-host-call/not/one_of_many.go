package main

import "os"

//go:wasmimport env emit
func emit(n int32)

func main() {
	for i, name := range os.Args {
		if i%1000 == 0 {
			emit(int32(i))
		}
		if i == 0 {
			emit(int32(len(name)))
		}
		if err := os.Remove(name); err != nil {
			emit(int32(i))
		}
	}
}
