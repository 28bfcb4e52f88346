package main

import "os"

//go:wasmimport env emit
func emit(n int32)

type sender interface{ Send(n int) }

type sink struct{}

func (sink) Send(n int) { emit(int32(n)) }

func main() {
	var s sender = sink{}
	for i := range os.Args {
		s.Send(i) // want main.emit
	}
}
