// The branch is there: the compiler leaves the pool out.
package main

import (
	"runtime"
	"sync"
)

func sum(numbers []int) (total int) {
	if runtime.GOOS == "wasip1" {
		for _, n := range numbers {
			total += n * n
		}
		return total
	}
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() { total += len(numbers) * 2 })
	}
	all.Wait()
	return total
}

func product(numbers []int) int {
	switch runtime.GOARCH {
	case "wasm":
		return numbers[0]
	default:
		for range runtime.NumCPU() {
			go func() { println(numbers[0] * 2) }()
		}
	}
	return 0
}

func main() { println(sum([]int{1}), product([]int{2})) }
