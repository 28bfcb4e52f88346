// By the index; the value comes by way of a variable.
package main

import "os"

//go:wasmimport env set
func set(i, n int32)

func main() {
	sizes := make([]int, len(os.Args))
	for i := 0; i < len(sizes); i++ {
		n := sizes[i] * 2
		set(int32(i), int32(n)) // want main.set
	}
}
