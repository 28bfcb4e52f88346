// A method and a variable of that name, and a function with a body.
package main

import "os"

//go:wasmimport env emit
func emit(n int32)

type sink struct{}

func (sink) emit(int32) {}

func other(int32) {}

func main() {
	emit(1)
	var s sink
	for i := range os.Args {
		emit := other
		emit(int32(i))
		s.emit(int32(i))
	}
}
