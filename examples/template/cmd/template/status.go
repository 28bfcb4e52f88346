package main

import (
	"errors"

	"example.com/template/internal/engine"
	"example.com/template/internal/memory"
)

// statuses are what the host sees of an error. Hosts depend on the numbers: they
// are never reused.
var statuses = []struct {
	status int32
	err    error
}{
	{-2, memory.ErrRange},
	{-3, memory.ErrFull},
	{-4, engine.ErrHandle},
	{-5, engine.ErrTemplate},
	{-6, engine.ErrData},
	{-7, engine.ErrRender},
	{-8, engine.ErrLimit},
}

// status is the number of an error: -1 for one that is not in the table.
func status(err error) int32 {
	for _, known := range statuses {
		if errors.Is(err, known.err) {
			return known.status
		}
	}
	return -1
}
