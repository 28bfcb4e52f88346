package main

import (
	"os"
	"runtime"
)

type job interface{ run(name string) }

type loud struct{}

func (loud) run(name string) {
	println(name)
	defer runtime.GC() // want runtime.GC
}

func main() {
	var each job = loud{}
	for _, name := range os.Args {
		if name != "" {
			each.run(name)
		}
	}
}
