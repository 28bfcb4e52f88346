package main

import (
	"runtime"
	"sort"
	"sync"
)

func main() {
	lists := [][]int{{2, 1}, {4, 3}}
	slots := make(chan struct{}, runtime.NumCPU())
	var all sync.WaitGroup
	for _, list := range lists {
		all.Add(1)
		slots <- struct{}{}
		go func() { // want runtime.NumCPU()
			defer func() { <-slots; all.Done() }()
			sort.Ints(list)
		}()
	}
	all.Wait()
	println(lists[0][0])
}
