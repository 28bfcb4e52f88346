// The program declares a function of the host, but does not call it.
package main

//go:wasmimport env log
func log(n int32)

//go:wasmexport run
func run() {} // want run

func unused() { log(1) }

func main() {}
