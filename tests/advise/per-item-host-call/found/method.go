package main

import "os"

//go:wasmimport env emit
func emit(n int32)

type sink struct{ sent int }

func (s *sink) Send(n int) {
	s.sent++
	emit(int32(n))
}

func main() {
	var s sink
	for _, name := range os.Args {
		s.Send(len(name)) // want main.emit
	}
}
