package main

import . "runtime/debug"

func main() {
	SetGCPercent(-1) // want runtime/debug.SetGCPercent(-1)
}
