package main

import "unsafe"

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

func main() {
	b := []byte("text")
	emit(unsafe.Pointer(&b), uint32(len(b))) // want main.emit
}
