// One of the jobs reads what a program may have to wait for; another is a function in a field.
package main

import (
	"io"
	"os"
	"runtime"
)

type job interface{ do() int }

type square int

func (s square) do() int { return int(s * s) }

type count struct{ io.Reader }

func (c count) do() int {
	data, _ := io.ReadAll(c)
	return len(data)
}

type later struct{ run func() int }

var jobs, tasks = make(chan job, 4), make(chan later, 4)

func main() {
	jobs <- square(2)
	jobs <- count{os.Stdin}
	tasks <- later{func() int { entries, _ := os.ReadDir("."); return len(entries) }}
	for range runtime.NumCPU() {
		go func() {
			for each := range jobs {
				println(each.do() + 1)
			}
		}()
		go func() {
			for each := range tasks {
				println(each.run() + 1)
			}
		}()
	}
}
