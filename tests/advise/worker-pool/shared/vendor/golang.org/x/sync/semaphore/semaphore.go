// Package semaphore has the names of the module of that path, and does what they need here.
package semaphore

import "context"

type Weighted struct{ slots chan struct{} }

func NewWeighted(n int64) *Weighted { return &Weighted{make(chan struct{}, n)} }

func (w *Weighted) Acquire(ctx context.Context, n int64) error {
	w.slots <- struct{}{}
	return ctx.Err()
}

func (w *Weighted) Release(n int64) { <-w.slots }
