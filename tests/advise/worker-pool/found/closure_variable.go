// What runs is a closure in a variable; how many, another function returns.
package main

import "runtime"

func count() (n int, err error) {
	n = runtime.NumCPU()
	return n, nil
}

func main() {
	n, _ := count()
	sums := make(chan float64)
	work := func(from int) {
		sum := 0.0
		for i := from; i < 1000; i += n {
			sum += 1 / float64(i+1)
		}
		sums <- sum
	}
	for i := 0; i < n; i++ {
		go work(i) // want runtime.NumCPU()
	}
	println(<-sums)
}
