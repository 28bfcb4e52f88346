package main

import (
	"runtime"
	"sync"
)

type picture struct {
	pixels []byte
}

func (p *picture) render() {
	var all sync.WaitGroup
	for i := range runtime.NumCPU() {
		all.Add(1)
		go func() { // want runtime.NumCPU()
			defer all.Done()
			for j := i; j < len(p.pixels); j += runtime.NumCPU() {
				p.pixels[j] = byte(j * j)
			}
		}()
	}
	all.Wait()
}

func main() {
	p := &picture{make([]byte, 100)}
	p.render()
	println(p.pixels[9])
}
