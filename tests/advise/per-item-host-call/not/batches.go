package main

import (
	"os"
	"unsafe"
)

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

func main() {
	batch := make([]uint32, 0, 1024)
	for _, name := range os.Args {
		batch = append(batch, uint32(len(name)))
		if len(batch) == cap(batch) {
			emit(unsafe.Pointer(&batch[0]), uint32(len(batch)))
			batch = batch[:0]
		}
	}
	emit(unsafe.Pointer(unsafe.SliceData(batch)), uint32(len(batch)))
}
