package main

import "runtime/debug"

func main() {
	//wasip1:ignore gc-foot-guns
	debug.SetGCPercent(-1) // want runtime/debug.SetGCPercent(-1)
}
