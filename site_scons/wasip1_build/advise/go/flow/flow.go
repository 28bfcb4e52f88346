// Package flow answers where the value of an expression may come from: how many CPUs there are, a
// constant, a function literal. It follows what variables, fields, parameters and results are given
// anywhere in what can run, whatever the order in which that happens.
package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/source"
)

// given is one value that a variable gets. Value is nil where it is not known; result is which of a
// call's results it is.
type given struct {
	value   ast.Expr
	by      *callgraph.Node
	result  int
	decided bool // the compiler chose the branch in which it is given
}

// Flow is what is known of all variables of a program.
type Flow struct {
	graph    *callgraph.Graph
	given    map[types.Object][]given
	literals []Target
	within   map[*ast.FuncLit]*callgraph.Node
	values   map[*types.Func]bool // functions that are mentioned and not called
}

// Read collects what can run of a program.
func Read(graph *callgraph.Graph) *Flow {
	f := &Flow{
		graph:  graph,
		given:  map[types.Object][]given{},
		within: map[*ast.FuncLit]*callgraph.Node{},
		values: map[*types.Func]bool{},
	}
	for _, node := range graph.Nodes() {
		r := &reader{f, node, node.Of.Info, map[*ast.Ident]bool{}}
		for _, body := range node.Syntax() {
			signature, _ := typeOf(node).(*types.Signature)
			r.read(body, signature)
		}
	}
	return f
}

func typeOf(node *callgraph.Node) types.Type {
	if node.Object == nil {
		return nil
	}
	return node.Object.Type()
}

// reader reads one function.
type reader struct {
	*Flow
	node   *callgraph.Node
	info   *types.Info
	called map[*ast.Ident]bool
}

// read collects from a part of a function with this signature.
func (r *reader) read(part ast.Node, signature *types.Signature) {
	r.node.Inspect(part, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			r.within[n] = r.node
			r.literals = append(r.literals, Target{r.node, n})
			inner, _ := r.info.TypeOf(n).(*types.Signature)
			r.read(n.Body, inner)
			return false
		case *ast.AssignStmt:
			r.assign(n)
		case *ast.IncDecStmt:
			r.give(Variable(r.info, n.X), nil, 0)
		case *ast.ValueSpec:
			r.declare(n)
		case *ast.CallExpr:
			r.call(n)
		case *ast.CompositeLit:
			r.literal(n)
		case *ast.RangeStmt:
			r.give(Variable(r.info, n.Key), nil, 0)
			r.give(Variable(r.info, n.Value), nil, 0)
		case *ast.UnaryExpr:
			if n.Op == token.AND { // who has the pointer may give it anything
				r.give(Variable(r.info, n.X), nil, 0)
			}
		case *ast.ReturnStmt:
			r.returns(n, signature)
		case *ast.Ident:
			if function, ok := r.info.Uses[n].(*types.Func); ok && !r.called[n] {
				r.values[function.Origin()] = true
			}
		}
		return true
	})
}

// Variable returns what an expression names, whatever its type arguments: a variable, parameter or
// field; nil where it is none.
func Variable(info *types.Info, of ast.Expr) types.Object {
	var object types.Object
	switch n := of.(type) {
	case *ast.Ident:
		object = info.ObjectOf(n)
	case *ast.SelectorExpr:
		object = info.ObjectOf(n.Sel)
	case *ast.ParenExpr:
		return Variable(info, n.X)
	case *ast.StarExpr:
		return Variable(info, n.X)
	}
	if variable, ok := object.(*types.Var); ok {
		return variable.Origin()
	}
	return nil
}

func (r *reader) give(to types.Object, value ast.Expr, result int) {
	if to != nil {
		decided := value != nil && r.node.Decided(value.Pos())
		r.given[to] = append(r.given[to], given{value, r.node, result, decided})
	}
}

func (r *reader) assign(n *ast.AssignStmt) {
	if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
		r.give(Variable(r.info, n.Lhs[0]), nil, 0)
	}
	for i, left := range n.Lhs {
		r.pair(Variable(r.info, left), n.Rhs, i)
	}
}

// pair gives a variable its place of a list of values, which may be one call with several results.
func (r *reader) pair(to types.Object, values []ast.Expr, i int) {
	switch {
	case i < len(values):
		r.give(to, values[i], 0)
	case len(values) == 1:
		r.give(to, values[0], i)
	}
}

func (r *reader) declare(n *ast.ValueSpec) {
	for i, name := range n.Names {
		r.pair(Variable(r.info, name), n.Values, i)
	}
}

func (r *reader) literal(n *ast.CompositeLit) {
	of := r.info.TypeOf(n)
	if of == nil {
		return
	}
	under := source.Unalias(of).Underlying()
	if pointer, ok := under.(*types.Pointer); ok {
		under = source.Unalias(pointer.Elem()).Underlying()
	}
	in, ok := under.(*types.Struct)
	if !ok {
		return
	}
	for i, element := range n.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			r.give(Variable(r.info, pair.Key), pair.Value, 0)
		} else if i < in.NumFields() {
			r.give(in.Field(i).Origin(), element, 0)
		}
	}
}

func (r *reader) returns(n *ast.ReturnStmt, signature *types.Signature) {
	if signature == nil {
		return
	}
	for i := 0; i < signature.Results().Len() && len(n.Results) > 0; i++ {
		r.pair(signature.Results().At(i).Origin(), n.Results, i)
	}
}

// call gives a function's parameters what it is called with.
func (r *reader) call(n *ast.CallExpr) {
	function := Callee(r.info, n)
	var signature *types.Signature
	if literal, ok := n.Fun.(*ast.FuncLit); ok {
		signature, _ = r.info.TypeOf(literal).(*types.Signature)
	} else if function != nil {
		r.called[nameOf(n.Fun)] = true
		if to, value := flagVariable(r.info, function, n); to != nil {
			r.give(to, value, 0)
		}
		signature, _ = function.Type().(*types.Signature)
	}
	if signature == nil {
		return
	}
	for i := 0; i < signature.Params().Len(); i++ {
		if signature.Variadic() && i == signature.Params().Len()-1 {
			break
		}
		r.pair(signature.Params().At(i).Origin(), n.Args, i)
	}
}

// IsGiven tells whether a variable is made, or given a value, in a part of a function.
func (f *Flow) IsGiven(variable types.Object, in ast.Node) bool {
	within := func(pos token.Pos) bool { return in.Pos() <= pos && pos < in.End() }
	for _, each := range f.given[variable] {
		if each.value != nil && within(each.value.Pos()) {
			return true
		}
	}
	return within(variable.Pos())
}

// Callee returns the function or method that is called, whatever its type arguments; nil where
// that is decided when it runs.
func Callee(info *types.Info, n *ast.CallExpr) *types.Func {
	name := nameOf(n.Fun)
	if name == nil {
		return nil
	}
	function, _ := info.Uses[name].(*types.Func)
	if function == nil {
		return nil
	}
	return function.Origin()
}

// nameOf returns the last identifier of what is called.
func nameOf(fun ast.Expr) *ast.Ident {
	switch n := fun.(type) {
	case *ast.Ident:
		return n
	case *ast.SelectorExpr:
		return n.Sel
	case *ast.ParenExpr:
		return nameOf(n.X)
	case *ast.IndexExpr:
		return nameOf(n.X)
	case *ast.IndexListExpr:
		return nameOf(n.X)
	}
	return nil
}
