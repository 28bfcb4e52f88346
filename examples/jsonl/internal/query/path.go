// Package query looks into JSON objects: the paths that name a value inside
// one, and the conditions that such a value can meet.
package query

import (
	"encoding/json"
	"fmt"
	"strings"
)

// An Object is a JSON object whose members have not been looked into yet.
type Object = map[string]json.RawMessage

// A Path names a member of an object, of an object in it, and so on:
// "request.path". Member names that contain a dot cannot be reached.
type Path []string

// ParsePath reads "a.b.c".
func ParsePath(text string) (Path, error) {
	path := Path(strings.Split(text, "."))
	for _, name := range path {
		if name == "" {
			return nil, fmt.Errorf("empty name in path %q", text)
		}
	}
	return path, nil
}

// ParsePaths reads "a,b.c".
func ParsePaths(text string) ([]Path, error) {
	var paths []Path
	for _, part := range strings.Split(text, ",") {
		path, err := ParsePath(part)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// String is what ParsePath reads.
func (p Path) String() string { return strings.Join(p, ".") }

// In returns the value at this path as it is written in the object; ok is false
// where there is none.
func (p Path) In(object Object) (value json.RawMessage, ok bool) {
	for i, name := range p {
		if value, ok = object[name]; !ok {
			return nil, false
		}
		if i == len(p)-1 {
			break
		}
		object = nil
		if json.Unmarshal(value, &object) != nil {
			return nil, false
		}
	}
	return value, ok
}
