package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

func off() { debug.SetGCPercent(-1) }

func all[T any]() {
	for range os.Args {
		debug.FreeOSMemory()
	}
}

func main() {
	if runtime.GOOS != "wasip1" {
		off()
		all[int]()
	}
}
