// While main runs, the host can call what is exported.
package main

//go:wasmimport env each
func each(n int32)

//go:wasmexport run
func run() {}

func main() { each(3) }
