// A function of WASI's calls nothing back.
package main

//go:wasmimport wasi_snapshot_preview1 sched_yield
func yield() int32

//go:wasmexport run
func run() {} // want run

func main() { yield() }
