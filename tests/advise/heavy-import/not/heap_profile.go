package main

import (
	"os"
	"runtime/pprof"
)

func main() { pprof.WriteHeapProfile(os.Stdout) }
