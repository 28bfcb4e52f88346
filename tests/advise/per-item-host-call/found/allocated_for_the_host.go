// Nothing refers to what the host is to write to.
package main

import "unsafe"

//go:wasmexport malloc
func malloc(n uint32) uint32 {
	b := make([]byte, n)
	return uint32(uintptr(unsafe.Pointer(&b[0]))) // want malloc
}

func main() {}
