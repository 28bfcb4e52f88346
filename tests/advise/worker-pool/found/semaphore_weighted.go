package main

import (
	"context"
	"regexp"
	"runtime"

	sem "golang.org/x/sync/semaphore"
)

func main() {
	slots := sem.NewWeighted(int64(runtime.NumCPU()))
	for _, text := range []string{"a", "b"} {
		if slots.Acquire(context.Background(), 1) != nil {
			return
		}
		go func() { // want runtime.NumCPU()
			defer slots.Release(1)
			println(regexp.MustCompile(text).MatchString("abc"))
		}()
	}
}
