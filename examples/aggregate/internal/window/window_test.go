package window_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"example.com/aggregate/internal/access"
	"example.com/aggregate/internal/window"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(seconds int, route string) access.Entry {
	return access.Entry{
		Time:     noon.Add(time.Duration(seconds) * time.Second),
		Method:   "GET",
		Route:    route,
		Class:    "2xx",
		Duration: time.Duration(seconds) * time.Millisecond,
		Bytes:    10,
	}
}

// show writes records as "MINUTE ROUTE COUNT".
func show(records []window.Record) []string {
	var lines []string
	for _, r := range records {
		lines = append(lines, fmt.Sprintf("%d %s %d", r.Start.Minute(), r.Route, r.Count))
	}
	return lines
}

func counter(maxGroups int) *window.Counter {
	return window.NewCounter(window.Settings{Width: time.Minute, Grace: 10 * time.Second, MaxGroups: maxGroups})
}

func TestAWindowIsHandedOnAfterItsGracePeriod(t *testing.T) {
	c := counter(100)
	for _, seconds := range []int{5, 59, 61, 69, 58} {
		if records := c.Add(at(seconds, "/a")); records != nil {
			t.Fatalf("after %d s: %v", seconds, show(records))
		}
	}
	if got := show(c.Add(at(70, "/a"))); !slices.Equal(got, []string{"0 /a 3"}) {
		t.Errorf("at the end of the grace period: %v", got)
	}
	if got := show(c.Rest()); !slices.Equal(got, []string{"1 /a 3"}) {
		t.Errorf("the rest: %v", got)
	}
	if got := c.Rest(); got != nil {
		t.Errorf("the rest of nothing: %v", got)
	}
}

func TestLateEntriesAreCountedApart(t *testing.T) {
	c := counter(100)
	c.Add(at(0, "/a"))
	c.Add(at(300, "/a"))
	c.Add(at(1, "/a"))
	if got := show(c.Rest()); c.Late() != 1 || !slices.Equal(got, []string{"5 /a 1"}) {
		t.Errorf("%d late, rest %v", c.Late(), got)
	}
}

func TestRecordsAreOrderedAndSummedUp(t *testing.T) {
	c := counter(100)
	for _, entry := range []access.Entry{at(30, "/b"), at(2, "/a"), at(7, "/b"), at(62, "/a")} {
		c.Add(entry)
	}
	records := c.Rest()
	if got, want := show(records), []string{"0 /a 1", "0 /b 2", "1 /a 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if b := records[1]; b.Bytes != 20 || b.DurationSum != 37_000 || b.DurationMax != 30_000 {
		t.Errorf("got %+v", b)
	}
}

func TestInventedRoutesShareOneGroup(t *testing.T) {
	c := counter(2)
	for i := range 1000 {
		c.Add(at(1, fmt.Sprintf("/%d", i)))
	}
	if got, want := show(c.Rest()), []string{"0 (other) 998", "0 /0 1", "0 /1 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkAdd(b *testing.B) {
	c := counter(1000)
	entry := at(1, "/orders/:id")
	b.ReportAllocs()
	for b.Loop() {
		c.Add(entry)
	}
}
