// A field that is the number of CPUs unless it is set, in a method.
package main

import (
	"runtime"
	"sync"
)

type options struct{ workers int }

type pool struct {
	options
	jobs chan string
	all  sync.WaitGroup
	hash uint64
}

func (p *pool) work() {
	defer p.all.Done()
	for job := range p.jobs {
		for i := range job {
			p.hash = p.hash*31 + uint64(job[i])
		}
	}
}

func start(o options) *pool {
	if o.workers == 0 {
		o.workers = runtime.NumCPU()
	}
	p := &pool{options: o, jobs: make(chan string)}
	p.all.Add(p.workers)
	for range o.workers {
		go p.work() // want runtime.NumCPU()
	}
	return p
}

func main() {
	p := start(options{})
	p.jobs <- "a"
	close(p.jobs)
	p.all.Wait()
	println(p.hash)
}
