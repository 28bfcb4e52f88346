// The stack may grow in the call in between, and the array with it goes elsewhere.
package main

import "unsafe"

//go:wasmimport env fill
func fill(p, n uint32)

func main() {
	var b [16]byte
	p := uint32(uintptr(unsafe.Pointer(&b[0])))
	prepare(100)
	fill(p, 16) // want main.fill
	println(b[0])
}

func prepare(n int) int {
	if n == 0 {
		return 0
	}
	return prepare(n-1) + 1
}
