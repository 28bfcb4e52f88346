// How much the host took says what it is given next.
package main

import (
	"os"
	"unsafe"
)

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

func main() {
	data, _ := os.ReadFile("/data")
	for len(data) > 0 {
		n := emit(unsafe.Pointer(&data[0]), uint32(len(data)))
		data = data[n:]
	}
	for done := int32(0); done < 100000; {
		done += emit(nil, uint32(done))
	}
}
