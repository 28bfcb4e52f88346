package main

import "runtime"

func pool() {
	for range runtime.NumCPU() {
		go func() { println(runtime.NumCPU() * 2) }()
	}
}

func main() { println("hello") }
