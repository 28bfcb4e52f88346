// Who calls has the memory.
package main

import (
	"os"
	"runtime"
	"unsafe"
)

//go:wasmimport env emit
func emit(p, n uint32)

func addressOf(b []byte) (uint32, uint32) {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b)))), uint32(len(b))
}

func main() {
	b := []byte(os.Args[0])
	p, n := addressOf(b)
	emit(p, n)
	runtime.KeepAlive(b)
}
