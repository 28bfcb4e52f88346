package main

import (
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

func main() {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	words := []string{"a", "b"}
	for i, word := range words {
		group.Go(func() error { // want runtime.GOMAXPROCS()
			words[i] = strings.ToUpper(word)
			return nil
		})
	}
	println(group.Wait(), words[0])
}
