package main

import "os"

//go:wasmimport env square
func square(n int32) int32

func main() {
	squares := map[string]int32{}
	for _, name := range os.Args {
		squares[name] = square(int32(len(name))) // want main.square
	}
	println(len(squares))
}
