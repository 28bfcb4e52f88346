//go:build go1.22

package loops

import "testing"

func TestRangesOverIntegers(t *testing.T) {
	found := repeated(t, `func main() {
	for range 5 {
		x("a")
	}
	for range 500 {
		x("b")
	}
}
`)
	if found != "b" {
		t.Errorf("%q", found)
	}
}
