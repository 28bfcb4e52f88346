// Package ignore answers which lines a programmer has exempted from a rule, and whether with right:
//
//	//wasip1:ignore RULE REASON
//
// on the line itself, or alone on the line above.
package ignore

import (
	"go/token"
	"sort"
	"strings"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
)

// Rule is what findings about ignores themselves are called.
const Rule = "ignore"

const prefix = "//wasip1:ignore"

// comment is one of them.
type comment struct {
	pos          token.Pos
	rule, reason string
	used         bool
}

type line struct {
	file   string
	number int
}

// Set is all that a program's own packages have.
type Set struct {
	program *source.Program
	by      map[line]*comment
}

// Read finds the ignores in packages.
func Read(program *source.Program, packages []*source.Package) *Set {
	s := &Set{program, map[line]*comment{}}
	for _, each := range packages {
		if each.Kind != exchange.Own {
			continue
		}
		for _, file := range each.Files {
			if file == nil {
				continue
			}
			for _, group := range file.Comments {
				for _, found := range group.List {
					s.add(found.Pos(), found.Text)
				}
			}
		}
	}
	return s
}

func (s *Set) add(pos token.Pos, text string) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return
	}
	words := strings.Fields(rest)
	made := &comment{pos: pos}
	if len(words) > 0 {
		made.rule, made.reason = words[0], strings.Join(words[1:], " ")
	}
	place := s.program.Fset.PositionFor(pos, false)
	s.by[line{place.Filename, place.Line}] = made
}

// Silences returns whether a rule is silenced at a position, and notes that it was asked for.
func (s *Set) Silences(rule string, pos token.Pos) bool {
	found := s.at(rule, pos)
	return found != nil && found.reason != ""
}

// Use notes that the ignore at a position has silenced something.
func (s *Set) Use(rule string, pos token.Pos) {
	if found := s.at(rule, pos); found != nil {
		found.used = true
	}
}

// WithoutReason returns whether there is an ignore at a position that would count with a reason.
func (s *Set) WithoutReason(rule string, pos token.Pos) bool {
	found := s.at(rule, pos)
	return found != nil && found.reason == ""
}

func (s *Set) at(rule string, pos token.Pos) *comment {
	place := s.program.Fset.PositionFor(pos, false)
	for _, number := range []int{place.Line, place.Line - 1} {
		if found := s.by[line{place.Filename, number}]; found != nil && found.rule == rule {
			return found
		}
	}
	return nil
}

// Judge returns findings about those that silence nothing, name no rule or give no reason. `known`
// are the names of all rules, `ran` of those that were run.
func (s *Set) Judge(known, ran map[string]bool) []exchange.Finding {
	var found []*comment
	for _, each := range s.by {
		found = append(found, each)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].pos < found[j].pos })
	var said []exchange.Finding
	for _, each := range found {
		what, why, fix := judged(each, known, ran)
		if what == "" {
			continue
		}
		place := s.program.Place(each.pos)
		said = append(said, exchange.Finding{
			Rule: Rule, AtMost: "warning", File: place.Filename, Line: place.Line, Column: place.Column,
			Code: strings.TrimSpace(s.program.Line(each.pos)), What: what, Why: why, Fix: fix,
		})
	}
	return said
}

func judged(each *comment, known, ran map[string]bool) (what, why, fix string) {
	form := prefix + " RULE REASON"
	switch {
	case each.rule == "":
		return "an ignore names no rule", "it silences nothing", "write " + form
	case !known[each.rule]:
		var names []string
		for name := range known {
			names = append(names, name)
		}
		sort.Strings(names)
		return "an ignore names " + each.rule + ", which is no rule", "it silences nothing",
			"name one of: " + strings.Join(names, ", ")
	case each.reason == "":
		return "an ignore of " + each.rule + " gives no reason", "without one it silences nothing",
			"write " + prefix + " " + each.rule + " and why that is right here"
	case ran[each.rule] && !each.used:
		return "an ignore of " + each.rule + " silences nothing",
			"there is no such finding on this line or the next one", "remove it"
	}
	return "", "", ""
}
