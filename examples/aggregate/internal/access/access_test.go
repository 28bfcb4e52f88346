package access_test

import (
	"errors"
	"testing"
	"time"

	"example.com/aggregate/internal/access"
)

func TestALineBecomesAnEntry(t *testing.T) {
	got, err := access.Parse([]byte(
		`level=info ts=2026-03-01T11:00:00.25+01:00 method=GET path="/orders/17/items?page=2" status=200 dur=12.5ms bytes=512`))
	want := access.Entry{
		Time:     time.Date(2026, 3, 1, 10, 0, 0, 250e6, time.UTC),
		Method:   "GET",
		Route:    "/orders/:id/items",
		Class:    "2xx",
		Duration: 12500 * time.Microsecond,
		Bytes:    512,
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestDurationAndSizeMayBeMissing(t *testing.T) {
	got, err := access.Parse([]byte("ts=2026-03-01T10:00:00Z method=GET path=/v2/a1 status=404"))
	if err != nil || got.Duration != 0 || got.Bytes != 0 || got.Route != "/v2/a1" || got.Class != "4xx" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestLinesThatAreNoEntry(t *testing.T) {
	const rest = " method=GET path=/ status=200"
	tests := map[string]string{
		"": "incomplete: no method",
		"ts=now" + rest: `ts=now: parsing time "now" as "2006-01-02T15:04:05.999999999Z07:00": ` +
			`cannot parse "now" as "2006"`,
		"method=GET path=/ status=200":                 "incomplete: no ts",
		"ts=2026-03-01T10:00:00Z path=/ status=200":    "incomplete: no method",
		"ts=2026-03-01T10:00:00Z method=GET status=1":  "status=1: not a status of HTTP",
		"ts=2026-03-01T10:00:00Z method=GET path=/":    "incomplete: no status",
		"ts=2026-03-01T10:00:00Z" + rest + " bytes=-1": "bytes=-1: invalid syntax",
		"ts=2026-03-01T10:00:00Z" + rest + " dur=5":    "dur=5: not a duration such as 12.5ms",
		"ts=2026-03-01T10:00:00Z" + rest + " dur=-5s":  "dur=-5s: not a duration such as 12.5ms",
		`ts="2026-03-01`: "column 15: expected the quote that ends this value",
	}
	for line, want := range tests {
		if _, err := access.Parse([]byte(line)); err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", line, err, want)
		}
	}
	if _, err := access.Parse(nil); !errors.Is(err, access.ErrIncomplete) {
		t.Errorf("got %v, want ErrIncomplete", err)
	}
}
