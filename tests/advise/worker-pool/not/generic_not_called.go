package main

import "runtime"

func each[T any](items []T, do func(T)) {
	for range runtime.NumCPU() {
		go func() { do(items[0]) }()
	}
}

type runner[T any] struct{ items []T }

func (r runner[T]) run() { each(r.items, func(T) {}) }

func main() { println(len(runner[int]{}.items)) }
