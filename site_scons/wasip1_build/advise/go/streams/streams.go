// Package streams answers which values are a program's standard output or input, or a file that it
// opened, and what writes or reads through them.
package streams

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/flow"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// Stream is what an expression always is, with what is around it: the constructor's full name; or "".
type Stream struct {
	Base    string // Stdout, Stdin or File; "" where it may be something else
	Through string
	Opened  token.Pos // of a file: where
}

// What streams come down to.
const (
	Stdout = "os.Stdout"
	Stdin  = "os.Stdin"
	File   = "a file"
)

// opened are functions whose first result is a file.
var opened = map[string]bool{
	"os.Create": true, "os.CreateTemp": true, "os.Open": true, "os.OpenFile": true,
}

// around are constructors that hand each write or read on, if not several: which argument they
// hand it to. Those with a buffer towards it are not here; each was run on wasip1.
var around = map[string]int{
	"log.New": 0, "log/slog.New": 0, "log/slog.NewTextHandler": 0, "log/slog.NewJSONHandler": 0,
	"encoding/json.NewEncoder": 0, "encoding/xml.NewEncoder": 0, "encoding/gob.NewEncoder": 0,
	"encoding/hex.Dumper": 0, "encoding/hex.NewEncoder": 0, "encoding/base64.NewEncoder": 1,
	"text/tabwriter.NewWriter": 0,
}

// reading are constructors of what reads ahead.
var reading = map[string]int{
	"bufio.NewReader": 0, "bufio.NewReaderSize": 0, "bufio.NewScanner": 0,
	"encoding/json.NewDecoder": 0, "encoding/csv.NewReader": 0, "encoding/xml.NewDecoder": 0,
}

// Set knows the streams of a program.
type Set struct {
	subject *rule.Subject
	known   map[*types.Var]Stream
}

// Read knows nothing yet: it looks where it is asked.
func Read(subject *rule.Subject) *Set {
	return &Set{subject, map[*types.Var]Stream{}}
}

// Of returns what an expression in a package's source always is.
func (s *Set) Of(of *source.Package, e ast.Expr) Stream { return s.result(of, e, 0) }

// result is Of for one of several results of a call.
func (s *Set) result(of *source.Package, e ast.Expr, number int) Stream {
	e = syntax.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok {
		return s.made(of, call, number)
	}
	variable := syntax.Variable(of.Info, e)
	if variable == nil || number > 0 {
		return Stream{}
	}
	switch name := syntax.FullName(variable); {
	case variable.IsField() || variable.Pkg() == nil || variable.Parent() != variable.Pkg().Scope():
	case name == Stdout || name == Stdin:
		if s.subject.Graph.Set[name] {
			return Stream{} // the program puts another one there
		}
		return Stream{Base: name}
	}
	return s.held(variable)
}

// held is what a variable always holds.
func (s *Set) held(variable *types.Var) Stream {
	if found, ok := s.known[variable]; ok {
		return found
	}
	s.known[variable] = Stream{} // what is given itself is not known
	var found Stream
	for i, each := range flow.Of(s.subject).All(variable) {
		one := s.result(each.By.Of, each.Expr, each.Result)
		if one.Base == "" || i > 0 && one != found {
			return Stream{}
		}
		found = one
	}
	s.known[variable] = found
	return found
}

func (s *Set) made(of *source.Package, call *ast.CallExpr, number int) Stream {
	if kind, ok := of.Info.Types[call.Fun]; ok && kind.IsType() && len(call.Args) == 1 {
		return s.Of(of, call.Args[0]) // a conversion
	}
	callee := syntax.Callee(of.Info, call)
	if callee == nil || number > 0 {
		return Stream{}
	}
	name := syntax.FullName(callee)
	if opened[name] {
		return Stream{Base: File, Opened: call.Pos()}
	}
	argument, ok := around[name]
	if !ok {
		argument, ok = reading[name]
	}
	if !ok || argument >= len(call.Args) {
		return Stream{}
	}
	inner := s.Of(of, call.Args[argument])
	if inner.Base == "" {
		return Stream{}
	}
	return Stream{inner.Base, name, inner.Opened}
}
