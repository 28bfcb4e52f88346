// Each stage has a channel of its own: what the program is made of, and no pool.
package main

func main() {
	in := make(chan int)
	last := in
	for range 3 {
		next := make(chan int)
		go func(from, to chan int) {
			for n := range from {
				to <- n + 1
			}
			close(to)
		}(last, next)
		last = next
	}
	go func() { in <- 1; close(in) }()
	println(<-last)
}
