// Each item is encoded into the same buffer.
package main

import (
	"encoding/binary"
	"os"
	"unsafe"
)

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

func main() {
	var record [8]byte
	for i, name := range os.Args {
		binary.LittleEndian.PutUint32(record[:4], uint32(i))
		binary.LittleEndian.PutUint32(record[4:], uint32(len(name)))
		emit(unsafe.Pointer(&record[0]), 8) // want main.emit
	}
}
