// A generic function that is given what to do.
package main

import (
	"runtime"
	"sync"
)

func each[T, R any](items []T, do func(T) R) []R {
	results := make([]R, len(items))
	next := make(chan int, len(items))
	for i := range items {
		next <- i
	}
	close(next)
	var all sync.WaitGroup
	for n := max(1, runtime.NumCPU()-1); n > 0; n-- {
		all.Go(func() { // want runtime.NumCPU()
			for i := range next {
				results[i] = do(items[i])
			}
		})
	}
	all.Wait()
	return results
}

func main() {
	println(each([]int{1, 2}, func(n int) string { return string(rune(n)) })[0])
}
