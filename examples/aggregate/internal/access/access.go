// Package access reads the lines of an access log in logfmt:
//
//	ts=2026-03-01T10:00:00.25Z method=GET path=/orders/17 status=200 dur=12.5ms bytes=512
//
// ts, method, path and status must be there; dur and bytes count as 0 when they
// are not; other keys are for other readers.
package access

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/shared/logfmt"
)

// An Entry is one request that was served.
type Entry struct {
	Time     time.Time
	Method   string
	Route    string // the path without its query, numbers replaced by ":id"
	Class    string // "2xx"
	Duration time.Duration
	Bytes    uint64
}

// ErrIncomplete is what errors about lines without ts, method, path or status
// wrap.
var ErrIncomplete = errors.New("incomplete")

// Parse reads one line.
func Parse(line []byte) (Entry, error) {
	var entry Entry
	pairs := logfmt.Parse(line)
	for pairs.Next() {
		key := string(pairs.Key())
		if err := entry.set(key, string(pairs.Value())); err != nil {
			return Entry{}, fmt.Errorf("%s=%s: %w", key, pairs.Value(), err)
		}
	}
	if err := pairs.Err(); err != nil {
		return Entry{}, err
	}
	return entry, entry.complete()
}

func (e *Entry) set(key, value string) (err error) {
	switch key {
	case "ts":
		e.Time, err = time.Parse(time.RFC3339Nano, value)
		e.Time = e.Time.UTC()
	case "method":
		e.Method = value
	case "path":
		e.Route = route(value)
	case "status":
		e.Class, err = class(value)
	case "dur":
		e.Duration, err = duration(value)
	case "bytes":
		e.Bytes, err = strconv.ParseUint(value, 10, 32)
	}
	var number *strconv.NumError
	if errors.As(err, &number) {
		return number.Err // without the value, which the caller names
	}
	return err
}

func (e *Entry) complete() error {
	switch "" {
	case e.Method:
		return fmt.Errorf("%w: no method", ErrIncomplete)
	case e.Route:
		return fmt.Errorf("%w: no path", ErrIncomplete)
	case e.Class:
		return fmt.Errorf("%w: no status", ErrIncomplete)
	}
	if e.Time.IsZero() {
		return fmt.Errorf("%w: no ts", ErrIncomplete)
	}
	return nil
}

// route makes one name of the many paths of one handler.
func route(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if part != "" && strings.Trim(part, "0123456789") == "" {
			parts[i] = ":id"
		}
	}
	return strings.Join(parts, "/")
}

func class(status string) (string, error) {
	code, err := strconv.Atoi(status)
	if err == nil && (code < 100 || code > 599) {
		err = errors.New("not a status of HTTP")
	}
	return strconv.Itoa(code/100) + "xx", err
}

func duration(text string) (time.Duration, error) {
	value, err := time.ParseDuration(text)
	if err != nil || value < 0 {
		return 0, errors.New("not a duration such as 12.5ms")
	}
	return value, nil
}
