// The compiler exports it, but nobody can call it.
package main

//go:wasmexport run
func run() {} // want run

func main() { println("done") }
