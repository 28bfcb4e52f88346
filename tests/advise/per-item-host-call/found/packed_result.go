package main

import (
	"encoding/json"
	"unsafe"
)

//go:wasmexport render
func render() uint64 {
	b, _ := json.Marshal(map[string]int{"a": 1})
	p := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b))))
	return uint64(p)<<32 | uint64(len(b)) // want render
}

func main() {}
