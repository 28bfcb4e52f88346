package main

import "runtime"

func main() {
	done := make(chan float64)
	for range runtime.NumCPU() {
		//wasip1:ignore worker-pool the channel keeps an order that a loop does not
		go func() { done <- float64(len(done)) / 2 }()
	}
	println(<-done)
}
