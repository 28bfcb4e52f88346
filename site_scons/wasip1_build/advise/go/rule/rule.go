// Package rule is what all rules have in common: what they look at, and how they say what they find.
package rule

import (
	"fmt"
	"go/token"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/fence"
	"wasip1.invalid/advisor/ignore"
	"wasip1.invalid/advisor/source"
)

// Rule is one question to a program.
type Rule struct {
	Name string
	Find func(*Subject) []exchange.Finding
}

// Subject is one artifact, as a rule looks at it.
type Subject struct {
	Compiler     string
	Main         *exchange.Main
	Program      *source.Program
	Packages     []*source.Package // that it is made of, main first
	Graph        *callgraph.Graph
	Ignores      *ignore.Set
	Dependencies bool // whether sources of other modules are looked at, too
	Fences       *fence.Set

	known map[string]any
}

// Once returns what several rules ask for, made when the first does.
func (s *Subject) Once(name string, made func() any) any {
	if s.known == nil {
		s.known = map[string]any{}
	}
	if _, ok := s.known[name]; !ok {
		s.known[name] = made()
	}
	return s.known[name]
}

// Looks returns whether a rule is to look for something in the sources of a package: in the
// artifact's own, and in another module's where that was asked for. nil is the standard library.
func (s *Subject) Looks(of *source.Package) bool {
	switch {
	case of == nil || of.Info == nil:
		return false
	case of.Kind == exchange.Own:
		return true
	}
	return s.Dependencies && of.Kind == exchange.Foreign
}

// Silenced returns whether a rule is silenced at a position at which it found something, and notes
// that the ignore is of use.
func (s *Subject) Silenced(rule string, pos token.Pos) bool {
	if !s.Ignores.Silences(rule, pos) {
		return false
	}
	s.Ignores.Use(rule, pos)
	return true
}

// Unreasoned is what a fix ends with where there is an ignore at a position that does not count.
func (s *Subject) Unreasoned(rule string, pos token.Pos) string {
	if s.Ignores.WithoutReason(rule, pos) {
		return "(the ignore that is there gives no reason, and so does not count)"
	}
	return ""
}

// At returns a finding without words, at a place. One in another module's source is at most a note.
func (s *Subject) At(rule string, pos token.Pos) exchange.Finding {
	place := s.Program.Place(pos)
	said := exchange.Finding{
		Rule: rule, File: place.Filename, Line: place.Line, Column: place.Column,
		Code: strings.TrimSpace(s.Program.Line(pos)),
	}
	if of := s.Program.At(pos); of != nil && of.Kind != exchange.Own {
		said.Lower("note")
	}
	return said
}

// Chain tells how a function is reached, one line a function, each with the place from which it
// goes on to the next.
func (s *Subject) Chain(chain callgraph.Chain) string {
	var rows [][2]string
	width := 0
	for _, edge := range chain {
		place := s.Program.Place(edge.Pos)
		row := [2]string{edge.From.Name(), fmt.Sprintf("%s:%d", place.Filename, place.Line)}
		if len(row[0]) > width {
			width = len(row[0])
		}
		rows = append(rows, row)
	}
	var lines []string
	for i, row := range rows {
		lines = append(lines, fmt.Sprintf("%s%-*s  %s", arrow(i), width, row[0], row[1]))
	}
	if len(chain) > 0 {
		lines = append(lines, arrow(len(chain))+chain[len(chain)-1].To.Name())
	}
	return strings.Join(lines, "\n")
}

func arrow(i int) string {
	if i == 0 {
		return "  "
	}
	return "> "
}

// LastOwn returns the last edge of a chain that is in a source of the artifact's own; false where
// there is none.
func LastOwn(chain callgraph.Chain) (callgraph.Edge, bool) {
	for i := len(chain) - 1; i >= 0; i-- {
		if chain[i].From.Own() {
			return chain[i], true
		}
	}
	return callgraph.Edge{}, false
}
