// So many workers take jobs from one channel, by a function of their own.
package main

import "strconv"

func worker(jobs <-chan int, results chan<- string) {
	for {
		job, ok := <-jobs
		if !ok {
			return
		}
		results <- strconv.Itoa(job)
	}
}

func main() {
	jobs, results := make(chan int, 10), make(chan string, 10)
	for w := 1; w <= 3; w++ {
		go worker(jobs, results) // want 3
	}
	jobs <- 1
	close(jobs)
	println(<-results)
}
