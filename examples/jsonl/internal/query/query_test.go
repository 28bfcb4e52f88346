package query_test

import (
	"encoding/json"
	"testing"

	"example.com/jsonl/internal/query"
)

const document = `{
	"status": 503, "took": 1.5, "name": "api", "version": "10",
	"ok": false, "user": null, "tags": ["a"], "request": {"path": "/é", "size": -2}
}`

func object(t *testing.T) query.Object {
	t.Helper()
	var object query.Object
	if err := json.Unmarshal([]byte(document), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func TestConditions(t *testing.T) {
	tests := map[string]bool{
		"status":            true,
		"request.path":      true,
		"request.method":    false,
		"status.code":       false,
		"status=503":        true,
		"status=503.0":      true,
		"status!=503":       false,
		"status>=500":       true,
		"status>503":        false,
		"status<503":        false,
		"status<=503":       true,
		"took>1":            true,
		"request.size<-1":   true,
		"status=high":       false,
		"status!=high":      true,
		"name=api":          true,
		"name=":             false,
		"name>aaa":          true,
		"version=10":        true,
		"version<9":         false, // a string has no order against a number
		"version<9b":        true,  // as text
		"request.path=/é":   true,
		"ok=false":          true,
		"ok!=false":         false,
		"ok!=true":          true,
		"ok<true":           false,
		"ok<=false":         false,
		"user=null":         true,
		"missing=1":         false,
		"missing!=1":        true,
		`tags=["a"]`:        true, // exactly as written
		"request.path=/a=b": false,
	}
	for text, want := range tests {
		condition, err := query.ParseCondition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if condition.Holds(object(t)) != want {
			t.Errorf("%s: got %v, want %v", text, !want, want)
		}
	}
}

func TestConditionsThatCannotBeRead(t *testing.T) {
	tests := map[string]string{
		"":       `empty name in path ""`,
		"a..b":   `empty name in path "a..b"`,
		"a..b=1": `empty name in path "a..b"`,
		"=1":     `no path before "=1"`,
		"a!1":    `"!" is no operator: use =, !=, <, <=, > or >=`,
	}
	for text, want := range tests {
		if _, err := query.ParseCondition(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestAPathReturnsTheValueAsItIsWritten(t *testing.T) {
	paths, err := query.ParsePaths("request.size,name")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"-2", `"api"`} {
		if value, ok := paths[i].In(object(t)); !ok || string(value) != want {
			t.Errorf("%s: got %s, %v; want %s", paths[i], value, ok, want)
		}
	}
	if _, err := query.ParsePaths("a,,b"); err == nil {
		t.Error("an empty path was accepted")
	}
}
