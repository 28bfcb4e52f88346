package main

import (
	cpu "runtime"
	"sync"
)

func main() {
	var all sync.WaitGroup
	sums := make([]int, cpu.GOMAXPROCS(0))
	for i := range sums {
		all.Go(func() { // want runtime.GOMAXPROCS()
			for n := range 1000 {
				sums[i] += n
			}
		})
	}
	all.Wait()
	println(sums[0])
}
