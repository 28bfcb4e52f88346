package main

import "os"

//go:wasmimport env emit
func emit(n int32)

func each[T any](items []T, size func(T) int) {
	for _, item := range items {
		emit(int32(size(item))) // want main.emit
	}
}

func main() { each(os.Args, func(s string) int { return len(s) }) }
