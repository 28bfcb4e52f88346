package main

import "runtime/debug"

func limit() { debug.SetMemoryLimit(1 << 26) }

func main() {
	debug.SetGCPercent(-1) // want runtime/debug.SetGCPercent(-1)
}
