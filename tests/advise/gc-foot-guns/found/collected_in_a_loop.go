package main

import (
	"os"
	"runtime"
)

func main() {
	for _, name := range os.Args {
		println(name)
		runtime.GC() // want runtime.GC
	}
}
