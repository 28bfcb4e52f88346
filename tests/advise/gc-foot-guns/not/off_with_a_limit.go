package main

import "runtime/debug"

func main() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(64 << 20)
}
