// It asks for something else than the CPUs, or takes the pool where there is one.
package main

import "runtime"

func main() {
	numbers := make([]int, 100)
	n := runtime.NumCPU()
	if len(numbers) == 1 || n > 64 {
		return
	}
	if n >= 1 {
		for i := range n {
			go func() { numbers[i] *= 2 }() // want runtime.NumCPU()
		}
	}
}
