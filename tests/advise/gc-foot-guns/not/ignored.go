package main

import "runtime/debug"

func main() {
	debug.SetGCPercent(-1) //wasip1:ignore gc-foot-guns it ends after one small file
}
