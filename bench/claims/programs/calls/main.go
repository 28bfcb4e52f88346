//go:build wasip1

// Command calls hands so many records of 32 bytes to its host, so many with each call.
//
//	calls 100000 1
package main

import (
	"encoding/binary"
	"os"
	"strconv"
	"unsafe"
)

const size = 32

//go:wasmimport env emit_batch
//go:noescape
func emitBatch(records unsafe.Pointer, length uint32)

func main() {
	count, batch := number(1), number(2)
	buffer := make([]byte, 0, batch*size)
	for record := range count {
		var data [size]byte
		binary.LittleEndian.PutUint64(data[:], uint64(record))
		buffer = append(buffer, data[:]...)
		if len(buffer) == cap(buffer) || record == count-1 {
			emitBatch(unsafe.Pointer(&buffer[0]), uint32(len(buffer)))
			buffer = buffer[:0]
		}
	}
}

func number(position int) int {
	value, err := strconv.Atoi(os.Args[position])
	if err != nil {
		panic(err)
	}
	return value
}
