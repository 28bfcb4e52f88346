package main

import (
	"os"
	"runtime"
)

func main() {
	for _, name := range os.Args {
		println(name)
		if name == "-" {
			runtime.GC()
			return
		}
	}
	runtime.GC()
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
}
