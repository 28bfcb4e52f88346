package main

import "unsafe"

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

type vector struct {
	base uintptr
	size uint32
}

type request struct {
	id   uint32
	name string
}

func main() {
	vectors := make([]vector, 3)
	emit(unsafe.Pointer(&vectors[0]), 3) // want main.emit
	r := &request{}
	emit(unsafe.Pointer(r), 1)                                    // want main.emit
	emit(unsafe.Pointer(unsafe.SliceData([]string{"a", "b"})), 2) // want main.emit
}
