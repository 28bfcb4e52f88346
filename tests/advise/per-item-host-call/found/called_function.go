// The call is two functions away from the loop, which is where it is told.
package main

import (
	"os"
	"unsafe"
)

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

func send(text string) { put([]byte(text)) }

func put(b []byte) {
	if len(b) > 0 {
		emit(unsafe.Pointer(unsafe.SliceData(b)), uint32(len(b)))
	}
}

func main() {
	for _, name := range os.Args {
		send(name) // want main.emit
	}
}
