// The package refers to the memory until the host gives it back.
package main

import "unsafe"

var held = map[uint32][]byte{}

var area [4096]byte

//go:wasmexport malloc
func malloc(n uint32) uint32 {
	b := make([]byte, n)
	p := uint32(uintptr(unsafe.Pointer(&b[0])))
	held[p] = b
	return p
}

//go:wasmexport free
func free(p uint32) { delete(held, p) }

//go:wasmexport buffer
func buffer() uint32 { return uint32(uintptr(unsafe.Pointer(&area))) }

var last []byte

//go:wasmexport text
func text() uint64 {
	last = []byte("text")
	return uint64(uintptr(unsafe.Pointer(&last[0])))<<32 | uint64(len(last))
}

func main() {}
