// Package filter runs conditions and selections over a stream of JSON lines.
package filter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"example.com/jsonl/internal/query"
	"example.com/shared/lines"
)

// Options say what Run keeps and what it writes of that.
type Options struct {
	Where   []query.Condition // all must hold
	Select  []query.Path      // none: whole lines, byte for byte
	MaxLine int               // in bytes; 0: lines.DefaultLimit
	Skipped func(line int, reason error)
}

// Run copies the lines that meet the conditions from source to sink. Blank lines
// are dropped; a line that is no JSON object goes to Skipped and is left out.
func Run(options Options, source io.Reader, sink io.Writer) error {
	input := lines.NewReader(source, options.MaxLine)
	var output bytes.Buffer
	for {
		line, err := input.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, lines.ErrTooLong) {
			return fmt.Errorf("after line %d: %w", input.Number(), err)
		}
		output.Reset()
		if err == nil {
			err = options.apply(line, &output)
		}
		if err != nil {
			options.Skipped(input.Number(), err)
			continue
		}
		if _, err := sink.Write(output.Bytes()); err != nil {
			return err
		}
	}
}

// apply writes what one line becomes: the line, a selection of it, or nothing.
func (o Options) apply(line []byte, output *bytes.Buffer) error {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return nil
	}
	var object query.Object
	if err := json.Unmarshal(line, &object); err != nil || object == nil {
		return describe(err)
	}
	for _, condition := range o.Where {
		if !condition.Holds(object) {
			return nil
		}
	}
	if o.Select == nil {
		output.Write(line)
		output.WriteByte('\n')
		return nil
	}
	return project(o.Select, object, output)
}

// project writes the selected values under their full paths, in the order asked.
// A path that is not there is left out, as JSON has no other word for it.
func project(paths []query.Path, object query.Object, output *bytes.Buffer) error {
	separator := byte('{')
	for _, path := range paths {
		value, ok := path.In(object)
		if !ok {
			continue
		}
		name, err := json.Marshal(path.String())
		if err != nil {
			return err
		}
		output.WriteByte(separator)
		output.Write(name)
		output.WriteByte(':')
		if err := json.Compact(output, value); err != nil {
			return err
		}
		separator = ','
	}
	if separator == '{' {
		output.WriteByte('{')
	}
	output.WriteString("}\n")
	return nil
}

// describe says why a line is no JSON object. The byte is counted from 1.
func describe(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("not JSON: byte %d: %w", syntax.Offset, err)
	}
	return errors.New("not an object, but JSON of another kind")
}
