package ignore

import "testing"

func TestJudged(t *testing.T) {
	known, ran := map[string]bool{"a": true, "b": true}, map[string]bool{"a": true}
	for want, given := range map[string]comment{
		"an ignore names no rule":             {},
		"an ignore names c, which is no rule": {rule: "c", reason: "x"},
		"an ignore of a gives no reason":      {rule: "a"},
		"an ignore of a silences nothing":     {rule: "a", reason: "x"},
	} {
		if what, _, _ := judged(&given, known, ran); what != want {
			t.Errorf("%+v: %q", given, what)
		}
	}
	for _, given := range []comment{
		{rule: "a", reason: "x", used: true},
		{rule: "b", reason: "x"}, // which was not run
	} {
		if what, _, _ := judged(&given, known, ran); what != "" {
			t.Errorf("%+v: %q", given, what)
		}
	}
}
