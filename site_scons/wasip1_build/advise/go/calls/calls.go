// Package calls answers how a call is written, what stands around it, and which calls of a program
// can run.
package calls

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// Site is a call in a source, of something that has a name.
type Site struct {
	*ast.CallExpr
	Callee *types.Func // as it is named there: of an interface its method; nil where it is a value
	Of     *source.Package
	File   *ast.File
	In     *ast.FuncDecl // or nil: a package's variable is initialised
	Around []ast.Node    // from the declaration to what the call is a part of
	name   string
}

// Call is one that can run, in a source that rules look at.
type Call struct {
	*Site
	Edge callgraph.Edge
}

// Name returns the full name of what is called; "" where it is a value.
func (s *Site) Name() string {
	if s.name == "" && s.Callee != nil {
		s.name = syntax.FullName(s.Callee)
	}
	return s.name
}

// Short returns how a source names what is called, as far as that is short: "fmt.Println",
// "out.Flush", "template.Template.Execute".
func (c *Call) Short() string {
	if receiver := c.Receiver(); receiver != nil {
		if text := types.ExprString(receiver); len(text) < 40 && !strings.Contains(text, "(") {
			return text + "." + c.Callee.Name()
		}
	}
	return syntax.ShortName(c.Edge.To.Name())
}

// Pos returns where the graph has the call.
func (s *Site) Pos() token.Pos { return syntax.Ident(s.Fun).Pos() }

// Receiver returns what a method is called of; nil where it is none.
func (s *Site) Receiver() ast.Expr { return syntax.Receiver(s.Of.Info, s.CallExpr) }

// Literal returns the innermost function literal in which the call stands; nil where it is in none.
func (s *Site) Literal() *ast.FuncLit {
	for i := len(s.Around) - 1; i >= 0; i-- {
		if literal, ok := s.Around[i].(*ast.FuncLit); ok {
			return literal
		}
	}
	return nil
}

// Guards tells whether a statement around a call decides whether the call is made: not where the
// call is a part of what is asked.
func (s *Site) Guards(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		return n.Body.Pos() <= s.CallExpr.Pos()
	case *ast.SwitchStmt:
		return n.Body.Pos() <= s.CallExpr.Pos()
	case *ast.TypeSwitchStmt:
		return n.Body.Pos() <= s.CallExpr.Pos()
	case *ast.SelectStmt:
		return true
	}
	return false
}

// At returns the call whose function is named at a position; nil where it is only mentioned.
func At(program *source.Program, pos token.Pos) *Site {
	if of, file := program.Source(pos); file != nil {
		return in(program, of, file).by[pos]
	}
	return nil
}

// Find returns the calls that can run of the packages that rules look at, in the order of their
// sources.
func Find(subject *rule.Subject) []*Call {
	return subject.Once("calls", func() any { return find(subject) }).([]*Call)
}

type mention struct {
	pos token.Pos
	to  types.Object
}

func find(subject *rule.Subject) []*Call {
	edges := map[mention]callgraph.Edge{}
	for _, edge := range subject.Graph.InOrder() {
		if !edge.Implied && subject.Looks(edge.From.Of) {
			edges[mention{edge.Pos, edge.To.Object}] = edge
		}
	}
	var found []*Call
	for _, of := range subject.Packages {
		if !subject.Looks(of) || of.Why != "" {
			continue
		}
		for _, file := range of.Files {
			for _, site := range in(subject.Program, of, file).all {
				if site.Callee == nil {
					continue
				}
				if edge, ok := edges[mention{site.Pos(), site.Callee}]; ok {
					found = append(found, &Call{site, edge})
				}
			}
		}
	}
	return found
}

// sites are those of one file.
type sites struct {
	all []*Site
	by  map[token.Pos]*Site
}

// key is what a program knows them by.
type key struct{ file *ast.File }

func in(program *source.Program, of *source.Package, file *ast.File) *sites {
	return program.Once(key{file}, func() any { return read(of, file) }).(*sites)
}

func read(of *source.Package, file *ast.File) *sites {
	s := &sites{by: map[token.Pos]*Site{}}
	for _, declared := range file.Decls {
		var stack []ast.Node
		function, _ := declared.(*ast.FuncDecl)
		ast.Inspect(declared, func(n ast.Node) bool {
			if n == nil {
				stack = stack[:len(stack)-1]
				return true
			}
			if call, ok := n.(*ast.CallExpr); ok {
				if id := syntax.Ident(call.Fun); id != nil {
					around := append([]ast.Node(nil), stack...)
					site := &Site{call, syntax.Callee(of.Info, call), of, file, function, around, ""}
					s.all = append(s.all, site)
					s.by[id.Pos()] = site
				}
			}
			stack = append(stack, n)
			return true
		})
	}
	return s
}

// Ending returns the functions of which the last statement ends the program.
func Ending(all []*Call) map[types.Object]bool {
	found := map[types.Object]bool{}
	for _, call := range all {
		if call.In == nil || !syntax.Exits(call.Name()) {
			continue
		}
		list := call.In.Body.List
		if last, ok := list[len(list)-1].(*ast.ExprStmt); ok && last.X == call.CallExpr {
			found[call.Of.Info.Defs[call.In.Name]] = true
		}
	}
	return found
}
