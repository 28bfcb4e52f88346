// Told once, as the compiler reads it.
package main

//export run
//go:wasmexport run
func run() {} // want run

func main() {}
