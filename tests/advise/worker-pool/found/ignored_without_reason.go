package main

import "runtime"

func main() {
	done := make(chan float64)
	for range runtime.NumCPU() {
		//wasip1:ignore worker-pool
		go func() { done <- float64(len(done)) / 2 }() // want runtime.NumCPU()
	}
	println(<-done)
}
