// Package engine compiles text templates and renders them with JSON data.
//
// The templates are those of text/template with three functions more: join, lower
// and upper. A name that the data lacks is an error, so that a misspelt one does
// not end up as "<no value>" in somebody's mail; {{or (index . "nick") "you"}}
// is for names that may be missing.
package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
)

// What errors of an Engine wrap.
var (
	ErrHandle   = errors.New("no such template")
	ErrTemplate = errors.New("bad template")
	ErrData     = errors.New("bad data")
	ErrRender   = errors.New("cannot render")
	ErrLimit    = errors.New("over the limit")
)

// Limits hold an Engine to an amount of memory, whatever it is given.
type Limits struct {
	Templates   int // compiled at a time
	OutputBytes int // of one rendering
}

// An Engine holds compiled templates. Make one with New.
type Engine struct {
	limits    Limits
	templates map[int32]*template.Template
	last      int32
}

// New returns an Engine without templates.
func New(limits Limits) *Engine {
	return &Engine{limits: limits, templates: map[int32]*template.Template{}}
}

var functions = template.FuncMap{
	"join":  join,
	"lower": strings.ToLower,
	"upper": strings.ToUpper,
}

// Compile returns a handle, 1 or more, for the template in text.
func (e *Engine) Compile(text string) (int32, error) {
	if len(e.templates) >= e.limits.Templates {
		return 0, fmt.Errorf("%w: %d templates", ErrLimit, len(e.templates))
	}
	compiled, err := template.New("template").Funcs(functions).Option("missingkey=error").Parse(text)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrTemplate, err)
	}
	e.last++
	e.templates[e.last] = compiled
	return e.last, nil
}

// Drop forgets a template.
func (e *Engine) Drop(handle int32) error {
	if e.templates[handle] == nil {
		return fmt.Errorf("%w: %d", ErrHandle, handle)
	}
	delete(e.templates, handle)
	return nil
}

// Render returns what a template makes of a JSON document.
func (e *Engine) Render(handle int32, document []byte) ([]byte, error) {
	compiled := e.templates[handle]
	if compiled == nil {
		return nil, fmt.Errorf("%w: %d", ErrHandle, handle)
	}
	data, err := decode(document)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrData, err)
	}
	output := limited{limit: e.limits.OutputBytes}
	if err := compiled.Execute(&output, data); errors.Is(err, ErrLimit) {
		return nil, fmt.Errorf("%w: more than %d bytes of output", ErrLimit, e.limits.OutputBytes)
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRender, err)
	}
	return output.Bytes(), nil
}

// limited is a buffer that refuses to grow over its limit: a loop in a template
// is written faster than memory is bought.
type limited struct {
	bytes.Buffer
	limit int
}

func (l *limited) Write(part []byte) (int, error) {
	if l.Len()+len(part) > l.limit {
		return 0, ErrLimit
	}
	return l.Buffer.Write(part)
}

// decode reads one JSON document, with whole numbers as integers: a template
// prints a float64 of 12345678 as 1.2345678e+07.
func decode(document []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var data any
	if err := decoder.Decode(&data); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON document")
	}
	return numbers(data), nil
}

func numbers(data any) any {
	switch value := data.(type) {
	case map[string]any:
		for name, member := range value {
			value[name] = numbers(member)
		}
	case []any:
		for i, member := range value {
			value[i] = numbers(member)
		}
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		if float, err := value.Float64(); err == nil {
			return float
		}
		return value.String()
	}
	return data
}

// join is strings.Join for lists of anything: {{.tags | join ", "}}.
func join(separator string, list []any) string {
	parts := make([]string, len(list))
	for i, part := range list {
		parts[i] = fmt.Sprint(part)
	}
	return strings.Join(parts, separator)
}
