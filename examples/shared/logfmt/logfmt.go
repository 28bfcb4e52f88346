// Package logfmt reads lines of key=value pairs, as many Go services log them:
//
//	ts=2026-03-01T10:00:00Z method=GET path="/a b" status=200 cached
//
// A value is bare (no space, no quote) or quoted with the escapes of a JSON
// string. A key without "=" has an empty value. Parsing allocates only for
// quoted values that have escapes.
package logfmt

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Parser goes through the pairs of one line:
//
//	for p := logfmt.Parse(line); p.Next(); {
//		use(p.Key(), p.Value())
//	}
//
// and Err says why it stopped before the end. Keys and values point into the
// line where they can.
type Parser struct {
	line  []byte
	at    int
	key   []byte
	value []byte
	err   error
}

// Parse returns a Parser of one line, without its line end.
func Parse(line []byte) *Parser { return &Parser{line: line} }

// Key is the key of the pair that Next found.
func (p *Parser) Key() []byte { return p.key }

// Value is the value of the pair that Next found.
func (p *Parser) Value() []byte { return p.value }

// Err is nil when the whole line was read. Columns count bytes from 1.
func (p *Parser) Err() error { return p.err }

// Next goes to the next pair and reports whether there is one.
func (p *Parser) Next() bool {
	for p.at < len(p.line) && isSpace(p.line[p.at]) {
		p.at++
	}
	if p.err != nil || p.at == len(p.line) {
		return false
	}
	p.key, p.value = p.token(), nil
	if len(p.key) == 0 {
		return p.fail("a key, not %q", p.line[p.at])
	}
	if p.at == len(p.line) || p.line[p.at] != '=' {
		return p.pairEnds()
	}
	p.at++
	if p.at < len(p.line) && p.line[p.at] == '"' {
		return p.quoted() && p.pairEnds()
	}
	p.value = p.token()
	return p.pairEnds()
}

// token reads a key or a bare value.
func (p *Parser) token() []byte {
	start := p.at
	for p.at < len(p.line) && !isSpace(p.line[p.at]) && p.line[p.at] != '=' && p.line[p.at] != '"' {
		p.at++
	}
	return p.line[start:p.at]
}

// quoted reads a value that begins with a quote, up to the quote that ends it.
func (p *Parser) quoted() bool {
	start, escapes := p.at, false
	for p.at++; p.at < len(p.line); p.at++ {
		switch p.line[p.at] {
		case '\\':
			escapes = true
			p.at++
		case '"':
			p.at++
			return p.unquote(start, escapes)
		}
	}
	p.at = len(p.line)
	return p.fail("the quote that ends this value")
}

func (p *Parser) unquote(start int, escapes bool) bool {
	text := p.line[start:p.at]
	if !escapes {
		p.value = text[1 : len(text)-1]
		return true
	}
	var value string
	if err := json.Unmarshal(text, &value); err != nil {
		p.at = start
		return p.fail("only the escapes of JSON in %s", text)
	}
	p.value = []byte(value)
	return true
}

func (p *Parser) pairEnds() bool {
	if p.at < len(p.line) && !isSpace(p.line[p.at]) {
		return p.fail("a space before %q", p.line[p.at])
	}
	return true
}

func (p *Parser) fail(format string, args ...any) bool {
	p.err = fmt.Errorf("column %d: expected %s", p.at+1, fmt.Sprintf(format, args...))
	return false
}

func isSpace(c byte) bool { return bytes.IndexByte([]byte(" \t\r"), c) >= 0 }
