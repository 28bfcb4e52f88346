package main

import "runtime/debug"

func main() {
	debug.SetGCPercent(-1) // want runtime/debug.SetGCPercent(-1)
}
