// They wait for files, one of them by a function of another one.
package main

import (
	"os"
	"runtime"
	"sync"
)

func size(name string) int {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	return len(data) * 2
}

func main() {
	names := make(chan string)
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() {
			for name := range names {
				println(size(name))
			}
		})
	}
	close(names)
	all.Wait()
}
