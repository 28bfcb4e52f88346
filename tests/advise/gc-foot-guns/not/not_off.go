package main

import (
	"os"
	"runtime/debug"
	"strconv"
)

func main() {
	percent, _ := strconv.Atoi(os.Getenv("PERCENT"))
	println(debug.SetGCPercent(percent), debug.SetGCPercent(400))
}
