package main

import (
	"os"
	"runtime"
	"time"
)

func main() {
	for range os.Args {
		time.Sleep(time.Minute)
		runtime.GC()
	}
}
