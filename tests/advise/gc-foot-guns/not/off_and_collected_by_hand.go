package main

import (
	"runtime"
	"runtime/debug"
)

func main() {
	debug.SetGCPercent(-1)
	println("first half")
	runtime.GC()
	println("second half")
}
