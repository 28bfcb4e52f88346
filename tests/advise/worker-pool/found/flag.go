package main

import (
	"crypto/sha256"
	"flag"
	"runtime"
	"sync"
)

var jobs int

func main() {
	parts := flag.Int("parts", runtime.NumCPU(), "parts")
	flag.IntVar(&jobs, "j", runtime.NumCPU(), "jobs")
	flag.Parse()
	var all sync.WaitGroup
	for i := 0; i < *parts; i++ {
		all.Go(func() { println(sha256.Sum256(nil)[0]) }) // want runtime.NumCPU()
	}
	for i := 0; i < jobs; i++ {
		all.Go(func() { println(sha256.Sum256(nil)[0]) }) // want runtime.NumCPU()
	}
	all.Wait()
}
