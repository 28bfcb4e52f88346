package main

import "runtime"

//go:wasmimport env fetch
func fetch(id int32) int32

func main() {
	done := make(chan int32)
	for i := range runtime.NumCPU() {
		go func() { done <- fetch(int32(i)) * 2 }()
	}
	println(<-done)
}
