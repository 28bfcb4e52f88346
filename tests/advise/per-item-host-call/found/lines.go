package main

import (
	"bufio"
	"os"
	"unsafe"
)

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		line := lines.Bytes()
		if len(line) == 0 {
			continue
		}
		emit(unsafe.Pointer(&line[0]), uint32(len(line))) // want main.emit
	}
}
