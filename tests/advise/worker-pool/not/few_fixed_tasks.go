package main

import (
	"strings"

	"golang.org/x/sync/errgroup"
)

func main() {
	var group errgroup.Group
	tasks := []func() error{
		func() error { println(strings.Repeat("a", 3)); return nil },
		func() error { println(strings.Repeat("b", 3)); return nil },
	}
	for _, task := range tasks {
		group.Go(task)
	}
	println(group.Wait())
}
