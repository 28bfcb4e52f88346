package engine_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/template/internal/engine"
)

func render(t *testing.T, text, data string) (string, error) {
	t.Helper()
	e := engine.New(engine.Limits{Templates: 1, OutputBytes: 1000})
	handle, err := e.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	output, err := e.Render(handle, []byte(data))
	return string(output), err
}

func TestTemplatesSeeJSONAsWritten(t *testing.T) {
	tests := []struct{ text, data, want string }{
		{"Dear {{.name}},", `{"name":"Zoë"}`, "Dear Zoë,"},
		{"{{.n}} {{.x}} {{.huge}}", `{"n":12345678,"x":0.5,"huge":123456789012345678901234}`, "12345678 0.5 1.2345678901234569e+23"},
		{"{{if gt .n 2}}many{{else}}few{{end}}", `{"n":3}`, "many"},
		{`{{.tags | join ", " | upper}}`, `{"tags":["a",1,true]}`, "A, 1, TRUE"},
		{`{{range .}}[{{lower .}}]{{end}}`, `["A","B"]`, "[a][b]"},
		{`{{or (index . "nick") "you"}}`, `{}`, "you"},
		{"{{.a.b}}", `{"a":{"b":[1,2]}}`, "[1 2]"},
	}
	for _, test := range tests {
		if got, err := render(t, test.text, test.data); err != nil || got != test.want {
			t.Errorf("%s with %s: got %q, %v; want %q", test.text, test.data, got, err, test.want)
		}
	}
}

func TestEveryFailureHasAKind(t *testing.T) {
	tests := []struct {
		name, text, data string
		want             error
	}{
		{"misspelt name", "{{.nmae}}", `{"name":"x"}`, engine.ErrRender},
		{"wrong type", "{{join 1 .}}", `[]`, engine.ErrRender},
		{"endless recursion", `{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}`, `{}`, engine.ErrRender},
		{"not JSON", "", `{"name":`, engine.ErrData},
		{"two documents", "", `{} {}`, engine.ErrData},
		{"no document", "", ``, engine.ErrData},
		{"much output", "{{range .}}" + strings.Repeat("x", 300) + "{{end}}", `[1,2,3,4]`, engine.ErrLimit},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := render(t, test.text, test.data); !errors.Is(err, test.want) {
				t.Errorf("got %q, %v; want %v", got, err, test.want)
			}
		})
	}
}

func TestHandlesLiveUntilTheyAreDropped(t *testing.T) {
	e := engine.New(engine.Limits{Templates: 2, OutputBytes: 10})
	first, _ := e.Compile("1")
	second, _ := e.Compile("2")
	if _, err := e.Compile("3"); !errors.Is(err, engine.ErrLimit) {
		t.Errorf("a third of two: got %v", err)
	}
	if _, err := e.Compile("{{"); !errors.Is(err, engine.ErrLimit) {
		t.Errorf("the limit comes first: got %v", err)
	}
	if err := e.Drop(first); err != nil {
		t.Fatal(err)
	}
	if err := e.Drop(first); !errors.Is(err, engine.ErrHandle) {
		t.Errorf("dropped twice: got %v", err)
	}
	if _, err := e.Render(first, []byte("{}")); !errors.Is(err, engine.ErrHandle) {
		t.Errorf("rendered after it was dropped: got %v", err)
	}
	if _, err := e.Compile("{{"); !errors.Is(err, engine.ErrTemplate) {
		t.Errorf("bad template: got %v", err)
	}
	third, err := e.Compile("3")
	if err != nil || third == first || third == second {
		t.Errorf("handles %d, %d, %d, %v: one was given twice", first, second, third, err)
	}
}

func BenchmarkRender(b *testing.B) {
	e := engine.New(engine.Limits{Templates: 1, OutputBytes: 1 << 20})
	handle, err := e.Compile("{{range .items}}{{.name}}: {{.price}}\n{{end}}")
	if err != nil {
		b.Fatal(err)
	}
	data := []byte(`{"items":[` + strings.Repeat(`{"name":"tea","price":3},`, 99) + `{"name":"cup","price":7}]}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Render(handle, data); err != nil {
			b.Fatal(err)
		}
	}
}
