package main

import (
	"os"
	"runtime"
)

var debugging bool

func main() {
	debugging = len(os.Args) > 3
	var stats runtime.MemStats
	for i := range os.Args {
		if i%1000 == 0 {
			runtime.GC()
		}
		if runtime.ReadMemStats(&stats); stats.HeapAlloc > 1<<26 {
			runtime.GC()
		}
		if debugging {
			runtime.GC()
		}
	}
}
