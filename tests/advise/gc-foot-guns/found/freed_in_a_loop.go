package main

import (
	"bufio"
	"os"
	"runtime/debug"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		func() {
			println(lines.Text())
			debug.FreeOSMemory() // want runtime/debug.FreeOSMemory
		}()
	}
}
