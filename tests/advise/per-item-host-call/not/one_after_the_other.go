// Each call is given what the one before returned.
package main

import "os"

//go:wasmimport env mix
func mix(sum, n int32) int32

func main() {
	sum := int32(0)
	for _, name := range os.Args {
		sum = mix(sum, int32(len(name)))
	}
	println(sum)
}
