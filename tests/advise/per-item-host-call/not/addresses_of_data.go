package main

import (
	"structs"
	"unsafe"
)

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

type pair struct {
	_    structs.HostLayout
	a, b uint32
}

//go:wasmimport env take
func take(p *pair, text string)

type vector struct{ base, size uint32 }

func main() {
	b := []byte("text")
	emit(unsafe.Pointer(&b[0]), uint32(len(b)))
	emit(unsafe.Pointer(unsafe.SliceData(b)), uint32(len(b)))
	take(&pair{a: 1}, "text")
	v := vector{uint32(uintptr(unsafe.Pointer(&b[0]))), uint32(len(b))}
	emit(unsafe.Pointer(&v), 1)
	var sums [4]int64
	emit(unsafe.Pointer(&sums), 4)
	var given *byte // the host writes where it has put something
	emit(unsafe.Pointer(&given), 4)
}
