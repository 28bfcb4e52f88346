// As many as there are jobs of different kinds, whatever the CPUs are.
package main

func main() {
	jobs, done := make(chan int, 3), make(chan int)
	for range 3 {
		go func() {
			for job := range jobs {
				done <- job * 2
			}
		}()
	}
	jobs <- 1
	println(<-done)
}
