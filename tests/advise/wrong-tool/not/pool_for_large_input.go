// Not every run comes to it.
package main

import (
	"os"
	"runtime"
)

func main() {
	done := make(chan int)
	n := len(os.Args)
	if n < 1000 {
		println(n * n)
		return
	}
	for range runtime.NumCPU() {
		go func() { done <- n * n }()
	}
	println(<-done)
}
