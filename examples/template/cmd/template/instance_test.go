package main

import (
	"errors"
	"fmt"
	"testing"

	"example.com/template/internal/engine"
	"example.com/template/internal/memory"
)

// lend puts a text where a host would.
func lend(t *testing.T, i *instance, text string) (uintptr, int) {
	t.Helper()
	address, err := i.buffers.Lend(len(text))
	if err != nil {
		t.Fatal(err)
	}
	buffer, err := i.buffers.Bytes(address, len(text))
	if err != nil {
		t.Fatal(err)
	}
	copy(buffer, text)
	return address, len(text)
}

func TestATextIsRenderedAsAHostDoesIt(t *testing.T) {
	i := newInstance()
	text, size := lend(t, i, "Hello {{.name}}!")
	handle, err := i.compile(text, size)
	if err != nil {
		t.Fatal(err)
	}
	data, size := lend(t, i, `{"name":"you"}`)
	result, length, err := i.render(handle, data, size)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := i.buffers.Bytes(result, length); err != nil || string(got) != "Hello you!" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := i.buffers.Return(result); err != nil {
		t.Errorf("the result cannot be freed: %v", err)
	}
}

func TestFailuresAreAnsweredByTheirStatus(t *testing.T) {
	i := newInstance()
	bad, size := lend(t, i, "{{")
	tests := []struct {
		name string
		err  func() error
		want int32
	}{
		{"no such buffer", func() error { _, err := i.compile(bad+1, 1); return err }, -2},
		{"too large", func() error { _, err := i.buffers.Lend(lentBytes); return err }, -3},
		{"no such template", func() error { _, _, err := i.render(7, bad, size); return err }, -4},
		{"bad template", func() error { _, err := i.compile(bad, size); return err }, -5},
		{"of another kind", func() error { return errors.New("other") }, -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.err()
			if got := i.answer(0, err); got != test.want || i.failed != err {
				t.Errorf("got %d for %v, want %d", got, err, test.want)
			}
		})
	}
	if got := i.answer(42, nil); got != 42 {
		t.Errorf("without an error: got %d, want 42", got)
	}
}

func TestStatusesAreNegativeAndDistinct(t *testing.T) {
	seen := map[int32]bool{-1: true}
	for _, known := range statuses {
		if known.status >= 0 || seen[known.status] {
			t.Errorf("%d is given twice or no status", known.status)
		}
		seen[known.status] = true
	}
	for _, err := range []error{memory.ErrRange, engine.ErrLimit} {
		if status(fmt.Errorf("around: %w", err)) == -1 {
			t.Errorf("%v has no status", err)
		}
	}
}
