// The number passes through a variable, a parameter and arithmetic: a part of the data for each.
package main

import (
	"runtime"
	"sync"
)

func sum(numbers []int, parts int) []int {
	var all sync.WaitGroup
	size := (len(numbers) + parts - 1) / parts
	sums := make([]int, parts)
	for from := 0; from < len(numbers); from += size {
		all.Add(1)
		go func(part []int) { // want runtime.NumCPU()
			defer all.Done()
			for _, n := range part {
				sums[0] += n
			}
		}(numbers[from : from+size])
	}
	all.Wait()
	return sums
}

func main() {
	n := runtime.NumCPU()
	println(sum(make([]int, 1000), 2*n)[0])
}
