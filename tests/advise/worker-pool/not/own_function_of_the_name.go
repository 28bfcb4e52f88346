// Neither package runtime's nor a pool: so many independent tasks, each once.
package main

import "sync"

type machine struct{}

func (machine) NumCPU() int { return 4 }

func NumCPU() int { return 2 }

func main() {
	var runtime machine
	var all sync.WaitGroup
	for i := 0; i < runtime.NumCPU(); i++ {
		all.Go(func() { println(i * i) })
	}
	for i := 0; i < NumCPU(); i++ {
		all.Go(func() { println(i * i) })
	}
	all.Wait()
}
