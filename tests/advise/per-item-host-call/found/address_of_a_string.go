// As a number, which hides what it is of.
package main

import "unsafe"

//go:wasmimport env emit
func emit(p, n uint32)

func main() {
	text := "text"
	emit(uint32(uintptr(unsafe.Pointer(&text))), uint32(len(text))) // want main.emit
}
