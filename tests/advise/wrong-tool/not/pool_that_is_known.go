package main

import "runtime"

func main() {
	done := make(chan float64)
	for range runtime.NumCPU() {
		//wasip1:ignore worker-pool it is a few microseconds
		go func() { done <- float64(len(done)) / 2 }()
	}
	println(<-done)
}
