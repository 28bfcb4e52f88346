package main

import (
	"os"
	"runtime/debug"
	"strconv"
)

func main() {
	debug.SetGCPercent(-1)
	limit, _ := strconv.ParseInt(os.Getenv("LIMIT"), 10, 64)
	debug.SetMemoryLimit(limit)
}
