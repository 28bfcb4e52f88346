// Package calls answers which calls of a program can run, and what stands around each.
package calls

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
)

// Call is one in a source of the artifact's own that can run.
type Call struct {
	*ast.CallExpr
	Callee *types.Func // as it is named there: of an interface its method
	Edge   callgraph.Edge
	Of     *source.Package
	File   *ast.File
	In     *ast.FuncDecl // or nil: a package's variable is initialised
	Around []ast.Node    // from the declaration to what the call is a part of
}

// Name returns the full name of what is called.
func (c *Call) Name() string { return callgraph.FullName(c.Callee) }

// Short returns how a source names what is called, as far as that is short: "fmt.Println",
// "out.Flush", "template.Template.Execute".
func (c *Call) Short() string {
	if receiver := c.Receiver(); receiver != nil {
		if text := types.ExprString(receiver); len(text) < 40 && !strings.Contains(text, "(") {
			return text + "." + c.Callee.Name()
		}
	}
	return ShortName(c.Edge.To.Name())
}

// ShortName is a full name without what is before its package's last word.
func ShortName(name string) string {
	name = strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
	return name[strings.LastIndex(name, "/")+1:]
}

// Pos returns where the graph has the call.
func (c *Call) Pos() token.Pos { return Ident(c.Fun).Pos() }

// Receiver returns what a method is called of; nil where it is none.
func (c *Call) Receiver() ast.Expr {
	selector, ok := Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok || c.Of.Info.Selections[selector] == nil {
		return nil
	}
	return selector.X
}

// Literal returns the innermost function literal in which the call stands; nil where it is in none.
func (c *Call) Literal() *ast.FuncLit {
	for i := len(c.Around) - 1; i >= 0; i-- {
		if literal, ok := c.Around[i].(*ast.FuncLit); ok {
			return literal
		}
	}
	return nil
}

// Find returns the calls of the artifact's own packages in the order of their sources.
func Find(subject *rule.Subject) []*Call {
	edges := map[token.Pos][]callgraph.Edge{}
	for _, edge := range subject.Graph.Edges() {
		if edge.From.Own() && !edge.Implied {
			edges[edge.Pos] = append(edges[edge.Pos], edge)
		}
	}
	var found []*Call
	for _, of := range subject.Packages {
		if of.Kind != exchange.Own || of.Info == nil || of.Why != "" {
			continue
		}
		for _, file := range of.Files {
			for _, declared := range file.Decls {
				found = append(found, in(of, file, declared, edges)...)
			}
		}
	}
	return found
}

func in(
	of *source.Package, file *ast.File, declared ast.Decl, edges map[token.Pos][]callgraph.Edge,
) []*Call {
	var found []*Call
	var stack []ast.Node
	function, _ := declared.(*ast.FuncDecl)
	ast.Inspect(declared, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if callee := Callee(of.Info, call); callee != nil {
				for _, edge := range edges[Ident(call.Fun).Pos()] {
					if edge.To.Object == callee {
						around := append([]ast.Node(nil), stack...)
						found = append(found, &Call{call, callee, edge, of, file, function, around})
						break
					}
				}
			}
		}
		stack = append(stack, n)
		return true
	})
	return found
}

// Callee returns the function or method that a call names; nil where it is a value.
func Callee(info *types.Info, call *ast.CallExpr) *types.Func {
	id := Ident(call.Fun)
	if id == nil {
		return nil
	}
	function, ok := info.Uses[id].(*types.Func)
	if !ok {
		return nil
	}
	return function.Origin()
}

// Ident returns the name at which the graph has what an expression calls; nil where there is none.
func Ident(e ast.Expr) *ast.Ident {
	switch e := Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return Ident(e.X)
	case *ast.IndexListExpr:
		return Ident(e.X)
	}
	return nil
}

// Variable returns the variable or field that an expression names; nil where it is no name.
func Variable(info *types.Info, e ast.Expr) *types.Var {
	var id *ast.Ident
	switch e := Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return nil
	}
	object := info.Uses[id]
	if object == nil {
		object = info.Defs[id]
	}
	variable, ok := object.(*types.Var)
	if !ok {
		return nil
	}
	return variable.Origin()
}

// Unparen returns an expression without what is around it.
func Unparen(e ast.Expr) ast.Expr {
	for {
		inner, ok := e.(*ast.ParenExpr)
		if !ok {
			return e
		}
		e = inner.X
	}
}

// forGood are functions of the standard library that end the program, and run nothing deferred.
var forGood = map[string]bool{
	"os.Exit": true, "syscall.Exit": true,
	"log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true,
	"(*log.Logger).Fatal": true, "(*log.Logger).Fatalf": true, "(*log.Logger).Fatalln": true,
}

// Exits tells whether a function ends the program without what is deferred.
func Exits(function types.Object) bool {
	return function != nil && forGood[callgraph.FullName(function)]
}

// Ending returns the functions of which the last statement ends the program.
func Ending(all []*Call) map[types.Object]bool {
	found := map[types.Object]bool{}
	for _, call := range all {
		if call.In == nil || !Exits(call.Callee) {
			continue
		}
		list := call.In.Body.List
		if last, ok := list[len(list)-1].(*ast.ExprStmt); ok && last.X == call.CallExpr {
			found[call.Of.Info.Defs[call.In.Name]] = true
		}
	}
	return found
}
