// Command jobs adds up what so many jobs make, in a loop or by so many workers, or says how many
// CPUs Go sees.
//
//	jobs 0 1000 500     a loop
//	jobs 4 1000 500     four workers
//	jobs cpus
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
)

func main() {
	if os.Args[1] == "cpus" {
		fmt.Println(runtime.NumCPU())
		return
	}
	workers, count, work := number(1), number(2), number(3)
	if workers == 0 {
		fmt.Println(loop(count, work))
	} else {
		fmt.Println(pool(workers, count, work))
	}
}

func number(position int) int {
	value, err := strconv.Atoi(os.Args[position])
	if err != nil {
		panic(err)
	}
	return value
}

func loop(count, work int) (sum uint64) {
	for job := range count {
		sum += compute(job, work)
	}
	return sum
}

func pool(workers, count, work int) (sum uint64) {
	jobs, results := make(chan int), make(chan uint64)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for job := range jobs {
				results <- compute(job, work)
			}
		})
	}
	go func() {
		for job := range count {
			jobs <- job
		}
		close(jobs)
		group.Wait()
		close(results)
	}()
	for result := range results {
		sum += result
	}
	return sum
}

//go:noinline
func compute(job, work int) uint64 {
	value := uint64(job)
	for range work {
		value = value*6364136223846793005 + 1442695040888963407
	}
	return value >> 32
}
