package filter_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"example.com/jsonl/internal/filter"
	"example.com/jsonl/internal/query"
)

// run filters text; what is left out is appended as "! LINE: REASON".
func run(t *testing.T, where, selected, text string) string {
	t.Helper()
	var output, skipped strings.Builder
	options := filter.Options{
		MaxLine: 80,
		Skipped: func(line int, reason error) { fmt.Fprintf(&skipped, "! %d: %v\n", line, reason) },
	}
	if where != "" {
		condition, err := query.ParseCondition(where)
		if err != nil {
			t.Fatal(err)
		}
		options.Where = append(options.Where, condition)
	}
	if selected != "" {
		var err error
		if options.Select, err = query.ParsePaths(selected); err != nil {
			t.Fatal(err)
		}
	}
	if err := filter.Run(options, strings.NewReader(text), &output); err != nil {
		t.Fatal(err)
	}
	return output.String() + skipped.String()
}

func TestWholeLinesKeepTheirBytes(t *testing.T) {
	const text = "{\"b\": 1,  \"a\":1.50}\n\n  {\"b\":\"<é>\"}"
	if got, want := run(t, "", "", text), "{\"b\": 1,  \"a\":1.50}\n{\"b\":\"<é>\"}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSelectionKeepsItsOrderAndLeavesOutWhatIsMissing(t *testing.T) {
	const text = `{"a": {"x": [1, 2]}, "b": "<1.50>", "c": 1.50}` + "\n" + `{"d":1}`
	want := `{"c":1.50,"a.x":[1,2],"b":"<1.50>"}` + "\n{}\n"
	if got := run(t, "", "c,a.x,b", text); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestConditionsKeepOnlyLinesThatMeetThem(t *testing.T) {
	if got := run(t, "a>1", "", "{\"a\":1}\n{\"a\":2}\n{}\n"); got != "{\"a\":2}\n" {
		t.Errorf("got %q", got)
	}
}

func TestLinesThatAreNoObjectAreNamed(t *testing.T) {
	text := strings.Join([]string{
		`{"a":1}`, `{"a":`, `[1]`, `null`, `{"a" 1}`, `{"long":"` + strings.Repeat("x", 80) + `"}`, `{"a":2}`,
	}, "\n")
	want := `{"a":1}
{"a":2}
! 2: not JSON: byte 5: unexpected end of JSON input
! 3: not an object, but JSON of another kind
! 4: not an object, but JSON of another kind
! 5: not JSON: byte 6: invalid character '1' after object key
! 6: line too long: over 80 bytes
`
	if got := run(t, "", "", text); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func BenchmarkRun(b *testing.B) {
	text := strings.Repeat(`{"ts":"2026-03-01T10:00:00Z","status":503,"request":{"path":"/","size":12}}`+"\n", 1000)
	condition, err := query.ParseCondition("status>=500")
	if err != nil {
		b.Fatal(err)
	}
	options := filter.Options{Where: []query.Condition{condition}, Select: []query.Path{{"ts"}}}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := filter.Run(options, strings.NewReader(text), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
