// One goroutine on each side of a pipe, and one that gives the signal to stop.
package main

import (
	"bufio"
	"context"
	"io"
	"time"
)

func main() {
	ctx, stop := context.WithCancel(context.Background())
	in, out := io.Pipe()
	go func() {
		defer out.Close()
		for i := 0; i < 100; i++ {
			out.Write([]byte("line\n"))
		}
	}()
	go func() {
		time.Sleep(time.Second)
		stop()
	}()
	lines := bufio.NewScanner(in)
	for lines.Scan() && ctx.Err() == nil {
		println(lines.Text())
	}
}
