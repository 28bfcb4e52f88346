// Nothing runs between the address and the call; and what is on the heap is used later.
package main

import (
	"fmt"
	"os"
	"unsafe"
)

//go:wasmimport env fill
func fill(p, n uint32)

func size(b []byte) uint32 { return uint32(len(b)) }

func main() {
	var b [16]byte
	fmt.Println("begins")
	fill(uint32(uintptr(unsafe.Pointer(&b[0]))), 16)
	p := uint32(uintptr(unsafe.Pointer(&b[0])))
	n := size(b[:])
	fill(p, n)
	text := []byte(os.Args[0])
	q := uint32(uintptr(unsafe.Pointer(&text[0])))
	fmt.Println("goes on")
	fill(q, size(text))
	fmt.Println(text, b[0])
}
