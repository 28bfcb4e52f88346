package batch_test

import (
	"errors"
	"testing"
	"time"

	"example.com/aggregate/internal/batch"
	"example.com/aggregate/internal/window"
)

func records(n int) []window.Record {
	return make([]window.Record, n)
}

func TestBatchesAreFullButForTheLast(t *testing.T) {
	tests := []struct{ size, records, batches int }{
		{3, 0, 0}, {3, 1, 1}, {3, 3, 1}, {3, 4, 2}, {3, 9, 3}, {0, 2, 2},
	}
	for _, test := range tests {
		calls := 0
		w := batch.NewWriter(test.size, func([]byte) error { calls++; return nil })
		if err := errors.Join(w.Write(records(test.records)), w.Flush()); err != nil {
			t.Fatal(err)
		}
		if calls != test.batches || w.Batches() != calls || w.Records() != test.records {
			t.Errorf("%+v: %d calls, %d batches, %d records", test, calls, w.Batches(), w.Records())
		}
	}
}

func TestABatchIsOneJSONDocument(t *testing.T) {
	var got string
	w := batch.NewWriter(2, func(document []byte) error { got = string(document); return nil })
	record := window.Record{
		Start: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Method: "GET", Route: "/a", Class: "2xx",
		Count: 2, Bytes: 10, DurationSum: 30, DurationMax: 20,
	}
	if err := errors.Join(w.Write([]window.Record{record}), w.Flush()); err != nil {
		t.Fatal(err)
	}
	want := `{"records":[{"window":"2026-03-01T10:00:00Z","method":"GET","route":"/a","status":"2xx",` +
		`"count":2,"bytes":10,"duration_us_sum":30,"duration_us_max":20}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnErrorOfTheHostStopsTheWriter(t *testing.T) {
	full := errors.New("queue full")
	calls := 0
	w := batch.NewWriter(1, func([]byte) error { calls++; return full })
	if err := w.Write(records(5)); !errors.Is(err, full) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}
