package main

import (
	"os"
	"runtime/debug"
)

type collector struct{}

func (collector) SetGCPercent(int) {}
func (collector) GC()              {}

func main() {
	debug.PrintStack()
	{
		debug, runtime := collector{}, collector{}
		debug.SetGCPercent(-1)
		for range os.Args {
			runtime.GC()
		}
	}
}
