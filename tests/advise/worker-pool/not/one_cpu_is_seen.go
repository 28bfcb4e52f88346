// The program itself takes the loop where there is one CPU.
package main

import (
	"runtime"
	"sync"
)

func workers(most int) int {
	n := runtime.GOMAXPROCS(0)
	if n > most {
		n = most
	}
	return n
}

func sum(numbers []int) (total int) {
	n := workers(len(numbers))
	if n == 1 {
		for _, each := range numbers {
			total += each * each
		}
		return total
	}
	return shared(numbers, n)
}

func shared(numbers []int, n int) (total int) {
	for i := 0; i < n; i++ {
		go func() { total += numbers[i] * 2 }()
	}
	return total
}

func lines(height int, draw func(from, to int)) {
	if cpus := runtime.NumCPU(); height < 100 || cpus <= 1 {
		draw(0, height)
	} else {
		var all sync.WaitGroup
		for i := range cpus {
			all.Go(func() { draw(i*height/cpus, (i+1)*height/cpus) })
		}
		all.Wait()
	}
}

func main() {
	println(sum([]int{1}))
	lines(10, func(from, to int) { println(to - from) })
	if len(sumOf) > 1 && 1 < runtime.NumCPU() {
		for range runtime.NumCPU() {
			go func() { sumOf[0] *= 2 }()
		}
	}
	for i := 1; i < runtime.NumCPU(); i++ {
		go func() { sumOf[i] *= 2 }()
	}
}

var sumOf = make([]int, runtime.NumCPU())
