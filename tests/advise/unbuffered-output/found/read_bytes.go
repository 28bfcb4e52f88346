// Bytes one by one, and small pieces of a file.
package main

import (
	"encoding/binary"
	"io"
	"os"
)

func main() {
	var one [1]byte
	for {
		if _, err := os.Stdin.Read(one[:]); err != nil { // want os.Stdin.Read
			break
		}
	}
	file, _ := os.Open("/data/records")
	head := make([]byte, 16)
	for {
		if _, err := io.ReadFull(file, head); err != nil { // want io.ReadFull
			break
		}
		var size uint32
		if binary.Read(file, binary.LittleEndian, &size) != nil {
			break
		}
	}
}
