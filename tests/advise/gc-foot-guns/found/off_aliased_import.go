package main

import gc "runtime/debug"

func init() {
	gc.SetGCPercent(-100) // want runtime/debug.SetGCPercent(-1)
}

func main() {}
