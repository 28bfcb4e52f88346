// Package window counts entries in windows of time and says when a window is
// complete.
//
// Logs come nearly in order. A window stays open until an entry is seen that is
// later than its end by the grace period; what comes for it afterwards is late,
// and counted but not added, because the window has been handed on.
package window

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.com/aggregate/internal/access"
)

// Other is the route under which a Counter puts what is over its MaxGroups.
const Other = "(other)"

// A Record is what is known about one kind of request in one window.
type Record struct {
	Start       time.Time `json:"window"`
	Method      string    `json:"method"`
	Route       string    `json:"route"`
	Class       string    `json:"status"`
	Count       uint64    `json:"count"`
	Bytes       uint64    `json:"bytes"`
	DurationSum int64     `json:"duration_us_sum"`
	DurationMax int64     `json:"duration_us_max"`
}

// Settings are the fixed choices of a Counter.
type Settings struct {
	Width     time.Duration
	Grace     time.Duration
	MaxGroups int // open groups; more kinds of requests share the route Other
}

// A Counter holds the windows that are open. Make one with NewCounter.
type Counter struct {
	settings Settings
	groups   map[key]*Record
	closed   time.Time // every window that starts earlier has been handed on
	late     int
}

type key struct {
	start                time.Time
	method, route, class string
}

// NewCounter returns a Counter without entries. The width must be positive.
func NewCounter(settings Settings) *Counter {
	return &Counter{settings: settings, groups: map[key]*Record{}}
}

// Late is the number of entries that came after their window was handed on.
func (c *Counter) Late() int { return c.late }

// Add counts an entry and returns the records of the windows that it completes,
// ordered by window, method, route and class.
func (c *Counter) Add(entry access.Entry) []Record {
	start := entry.Time.Truncate(c.settings.Width)
	if start.Before(c.closed) {
		c.late++
		return nil
	}
	record := c.group(key{start, entry.Method, entry.Route, entry.Class})
	record.Count++
	record.Bytes += entry.Bytes
	took := entry.Duration.Microseconds()
	record.DurationSum += took
	record.DurationMax = max(record.DurationMax, took)
	return c.closeBefore(entry.Time.Add(-c.settings.Grace).Truncate(c.settings.Width))
}

// Rest returns the records of all windows that are still open, in the order of
// Add, and closes them.
func (c *Counter) Rest() []Record {
	var last time.Time
	for key := range c.groups {
		if key.start.After(last) {
			last = key.start
		}
	}
	return c.closeBefore(last.Add(c.settings.Width))
}

func (c *Counter) group(k key) *Record {
	if record := c.groups[k]; record != nil {
		return record
	}
	if len(c.groups) >= c.settings.MaxGroups {
		// A client that invents paths must not be able to fill the memory.
		k.route = Other
		if record := c.groups[k]; record != nil {
			return record
		}
	}
	record := &Record{Start: k.start, Method: k.method, Route: k.route, Class: k.class}
	c.groups[k] = record
	return record
}

func (c *Counter) closeBefore(end time.Time) []Record {
	if !end.After(c.closed) {
		return nil
	}
	c.closed = end
	var records []Record
	for key, record := range c.groups {
		if key.start.Before(end) {
			records = append(records, *record)
			delete(c.groups, key)
		}
	}
	slices.SortFunc(records, compare)
	return records
}

func compare(a, b Record) int {
	return cmp.Or(
		a.Start.Compare(b.Start),
		strings.Compare(a.Method, b.Method),
		strings.Compare(a.Route, b.Route),
		strings.Compare(a.Class, b.Class),
	)
}
