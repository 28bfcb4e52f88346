package main

import (
	"os"
	"unsafe"
)

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

type writer struct{ batch []uint32 }

func (w *writer) add(n int) {
	w.batch = append(w.batch, uint32(n))
	if len(w.batch) > 1000 {
		w.flush()
	}
}

func (w *writer) flush() {
	emit(unsafe.Pointer(unsafe.SliceData(w.batch)), uint32(len(w.batch)))
	w.batch = w.batch[:0]
}

func main() {
	var w writer
	defer w.flush()
	for _, name := range os.Args {
		w.add(len(name))
	}
}
