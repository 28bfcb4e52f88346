package counter

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestBehaviour(t *testing.T) {
	ctx := t.Context()
	var stderr bytes.Buffer
	m, err := New(ctx, Config{Stderr: &stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	add := func(number, want int64) {
		t.Helper()
		err := m.Do(ctx, func(i *Instance) error {
			got, err := i.Add(ctx, number)
			if got != want {
				t.Errorf("%d, expected %d", got, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}

	add(40, 40)
	add(2, 42) // the instance lives on

	other, err := m.Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if total, err := other.Total(ctx); err != nil || total != 0 {
		t.Errorf("%v: another instance has %d", err, total)
	}
	if err := errors.Join(other.Close2(ctx), other.Close(ctx)); err != nil {
		t.Error(err)
	}

	err = m.Do(ctx, func(i *Instance) error { return i.Fail(ctx) })
	if err == nil || !strings.Contains(err.Error(), "unreachable") || !strings.Contains(stderr.String(), "failed on purpose") {
		t.Errorf("%v: %s", err, &stderr)
	}
	add(1, 1) // replaced

	err = m.Do(ctx, func(i *Instance) error {
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		stopped := i.Loop(short)
		if _, err := i.Total(ctx); err == nil {
			t.Error("an instance that was stopped goes on")
		}
		return stopped
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	add(1, 1)
}
