// Package errgroup has the names of the module of that path, and does what they need here.
package errgroup

import "sync"

type Group struct {
	all  sync.WaitGroup
	free chan struct{}
}

func (g *Group) SetLimit(n int) { g.free = make(chan struct{}, n) }

func (g *Group) Go(f func() error) {
	if g.free != nil {
		g.free <- struct{}{}
	}
	g.all.Add(1)
	go func() {
		defer g.all.Done()
		_ = f()
		if g.free != nil {
			<-g.free
		}
	}()
}

func (g *Group) Wait() error {
	g.all.Wait()
	return nil
}
