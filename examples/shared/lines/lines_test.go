package lines_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"example.com/shared/lines"
)

// readAll returns every line as a string, with "<too long>" for the skipped ones.
func readAll(t *testing.T, source io.Reader, limit int) []string {
	t.Helper()
	reader := lines.NewReader(source, limit)
	var got []string
	for {
		line, err := reader.Next()
		switch {
		case err == io.EOF:
			return got
		case errors.Is(err, lines.ErrTooLong):
			got = append(got, "<too long>")
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, string(line))
		}
		if reader.Number() != len(got) {
			t.Fatalf("line %d is numbered %d", len(got), reader.Number())
		}
	}
}

func TestLineEndsAreCutOff(t *testing.T) {
	tests := map[string]struct {
		input string
		want  []string
	}{
		"empty input":            {"", nil},
		"one empty line":         {"\n", []string{""}},
		"last line without end":  {"a\nb", []string{"a", "b"}},
		"windows line ends":      {"a\r\nb\r\n", []string{"a", "b"}},
		"carriage return inside": {"a\rb\n", []string{"a\rb"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := readAll(t, strings.NewReader(test.input), 0); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestALineOverTheLimitIsSkippedAndTheNextOneRead(t *testing.T) {
	for _, length := range []int{6, 7, 64 << 10, 300 << 10} {
		input := "first\n" + strings.Repeat("x", length) + "\nlast\n"
		want := []string{"first", "<too long>", "last"}
		if got := readAll(t, strings.NewReader(input), 5); !slices.Equal(got, want) {
			t.Errorf("%d bytes: got %q, want %q", length, got, want)
		}
	}
}

func TestALineMayBeLongerThanTheBufferAndAsLongAsTheLimit(t *testing.T) {
	const limit = 200 << 10
	for _, end := range []string{"", "\n", "\r\n"} {
		line := strings.Repeat("x", limit)
		got := readAll(t, iotest.HalfReader(strings.NewReader(line+end)), limit)
		if !slices.Equal(got, []string{line}) {
			t.Errorf("line end %q: got %d lines", end, len(got))
		}
	}
}

func TestAnErrorOfTheSourceIsReturned(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, text := range []string{"half a line", strings.Repeat("x", 100<<10)} {
		reader := lines.NewReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), 0)
		if _, err := reader.Next(); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: got %v", len(text), err)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	text := strings.Repeat(`ts=2026-03-01T10:00:00Z method=GET path=/ status=200`+"\n", 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		reader := lines.NewReader(strings.NewReader(text), 0)
		for {
			if _, err := reader.Next(); err != nil {
				break
			}
		}
	}
}
