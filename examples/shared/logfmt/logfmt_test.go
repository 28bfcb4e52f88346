package logfmt_test

import (
	"strings"
	"testing"

	"example.com/shared/logfmt"
)

// show writes the pairs of a line as "key:value,key:value".
func show(line string) (string, error) {
	var pairs []string
	p := logfmt.Parse([]byte(line))
	for p.Next() {
		pairs = append(pairs, string(p.Key())+":"+string(p.Value()))
	}
	return strings.Join(pairs, ","), p.Err()
}

func TestPairs(t *testing.T) {
	tests := map[string]string{
		"":                        "",
		"  \t ":                   "",
		"a=1 b=2":                 "a:1,b:2",
		"a= b=2":                  "a:,b:2",
		"cached a=1":              "cached:,a:1",
		`path="/a b" s=200`:       "path:/a b,s:200",
		`quote="say \"hi\""`:      `quote:say "hi"`,
		`letter="\u00e9" next=1`:  "letter:é,next:1",
		`backslash="\\" next=1`:   `backslash:\,next:1`,
		"url=http://h/?q next=ok": "url:http://h/?q,next:ok",
	}
	for line, want := range tests {
		got, err := show(line)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", line, got, err, want)
		}
	}
}

func TestErrorsNameTheColumn(t *testing.T) {
	tests := map[string]string{
		"=1":         `column 1: expected a key, not '='`,
		`a=1 "b"=2`:  `column 5: expected a key, not '"'`,
		`a="open`:    "column 8: expected the quote that ends this value",
		`a="open\`:   "column 9: expected the quote that ends this value",
		`a="x"b=1`:   `column 6: expected a space before 'b'`,
		"a=1=2":      `column 4: expected a space before '='`,
		`a="\q" b=1`: `column 3: expected only the escapes of JSON in "\q"`,
	}
	for line, want := range tests {
		if _, err := show(line); err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", line, err, want)
		}
	}
}

func FuzzParseEndsAndStaysInsideTheLine(f *testing.F) {
	f.Add([]byte(`a=1 b="\u00e9" c`))
	f.Add([]byte(`"\`))
	f.Fuzz(func(t *testing.T, line []byte) {
		pairs := 0
		for p := logfmt.Parse(line); p.Next(); pairs++ {
			if len(p.Key()) == 0 {
				t.Fatal("a pair without a key")
			}
		}
		if pairs > len(line) {
			t.Fatalf("%d pairs in %d bytes", pairs, len(line))
		}
	})
}

func BenchmarkParse(b *testing.B) {
	line := []byte(`ts=2026-03-01T10:00:00Z method=GET path="/a b" status=200 dur=12.5ms bytes=512`)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		for p := logfmt.Parse(line); p.Next(); {
		}
	}
}
