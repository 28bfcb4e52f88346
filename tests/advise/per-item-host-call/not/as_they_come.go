// Somebody waits for each of them.
package main

import (
	"bufio"
	"os"
)

//go:wasmimport env emit
func emit(n int32)

func main() {
	events := make(chan int32)
	go func() { events <- 1; close(events) }()
	for event := range events {
		emit(event)
	}
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		emit(int32(len(line)))
	}
}
