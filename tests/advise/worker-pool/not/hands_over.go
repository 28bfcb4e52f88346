// They only bring together what others send.
package main

import (
	"runtime"
	"sync"
)

func main() {
	ins := make([]chan int, runtime.NumCPU())
	out := make(chan int)
	var all sync.WaitGroup
	for _, in := range ins {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := range in {
				out <- n
			}
		}()
	}
	println(<-out)
}
