// It is the host's.
package main

//go:wasmimport env run
func run()

func main() { run() }
