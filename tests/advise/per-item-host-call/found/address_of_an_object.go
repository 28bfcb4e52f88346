package main

import "unsafe"

type state struct{ a, b int32 }

//go:wasmexport create
func create() uintptr {
	s := &state{1, 2}
	s.a++
	return uintptr(unsafe.Pointer(s)) // want create
}

func main() {}
