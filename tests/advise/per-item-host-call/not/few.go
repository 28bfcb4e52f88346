package main

import "os"

//go:wasmimport env emit
func emit(n int32)

func main() {
	for i := 0; i < 4; i++ {
		emit(int32(i))
	}
	for _, each := range []int32{1, 2, 3} {
		emit(each)
	}
	for i := range os.Args {
		if len(os.Args) > 3 {
			emit(int32(i))
			return
		}
	}
}
