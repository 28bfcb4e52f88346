// The plainest: a goroutine for each CPU.
package main

import (
	"runtime"
	"sync"
)

func square(n int) int { return n * n }

func main() {
	jobs, results := make(chan int), make(chan int)
	var all sync.WaitGroup
	for i := 0; i < runtime.NumCPU(); i++ {
		all.Add(1)
		go func() { // want runtime.NumCPU()
			defer all.Done()
			for job := range jobs {
				results <- square(job)
			}
		}()
	}
	go func() {
		for i := range 100 {
			jobs <- i
		}
		close(jobs)
		all.Wait()
		close(results)
	}()
	for result := range results {
		println(result)
	}
}
