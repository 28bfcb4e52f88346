// Jobs behind an interface of which all implementations compute; asked for workers by the host.
package main

type job interface{ do() int }

type square int

func (s square) do() int { return int(s * s) }

var jobs, results = make(chan job, 4), make(chan int, 4)

//go:wasmexport start
func start(workers int32) {
	for i := int32(0); i < workers; i++ {
		go func() { // want workers
			for each := range jobs {
				results <- each.do()
			}
		}()
	}
}

func main() {
	jobs <- square(2)
}
