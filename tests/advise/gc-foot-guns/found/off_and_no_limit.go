// The largest number is no limit, and a negative one asks for it.
package main

import (
	"math"
	"runtime/debug"
)

func main() {
	debug.SetGCPercent(-1) // want runtime/debug.SetGCPercent(-1)
	debug.SetMemoryLimit(math.MaxInt64)
	println(debug.SetMemoryLimit(-1))
}
