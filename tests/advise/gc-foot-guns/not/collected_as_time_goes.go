package main

import (
	"os"
	"runtime"
	"time"
)

func main() {
	tick := time.NewTicker(time.Minute)
	for range tick.C {
		runtime.GC()
	}
	for {
		select {
		case <-tick.C:
			runtime.GC()
		default:
			println(len(os.Args))
		}
	}
}
