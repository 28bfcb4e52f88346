package main

import "unsafe"

var area uint32

func prepare(text string) {
	b := append([]byte(nil), text...)
	area = uint32(uintptr(unsafe.Pointer(&b[0]))) // want prepare
}

func main() { prepare("text") }
