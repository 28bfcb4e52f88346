package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// Target is a function that may be called: a declared one, or a literal within it.
type Target struct {
	Node    *callgraph.Node
	Literal *ast.FuncLit // or nil
}

// Body returns what runs when it is called; nil where it has no source here.
func (t Target) Body() *ast.BlockStmt {
	if t.Literal != nil {
		return t.Literal.Body
	}
	if declared := t.Node.Declared(); declared != nil {
		return declared.Body
	}
	return nil
}

// Has tells whether a position is in it.
func (t Target) Has(pos token.Pos) bool {
	return t.Literal == nil || t.Literal.Pos() <= pos && pos < t.Literal.End()
}

// Functions returns what an expression may be that is called: what is known of its value, or every
// function of its type that is a value somewhere.
func (f *Flow) Functions(n ast.Expr, by *callgraph.Node) []Target {
	c := &chooser{f, map[*types.Var]bool{}, nil, false}
	c.of(n, by, 0)
	if !c.unknown {
		return c.found
	}
	return append(c.found, f.ofType(by.Of.Info.TypeOf(n))...)
}

// chooser follows one function's value.
type chooser struct {
	*Flow
	seen    map[*types.Var]bool
	found   []Target
	unknown bool
}

func (c *chooser) of(n ast.Expr, by *callgraph.Node, result int) {
	if n == nil {
		c.unknown = true
		return
	}
	info := by.Of.Info
	switch n := n.(type) {
	case *ast.ParenExpr:
		c.of(n.X, by, result)
	case *ast.FuncLit:
		c.found = append(c.found, Target{by, n})
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
		name := syntax.Ident(n)
		if name == nil {
			c.unknown = true
			return
		}
		switch object := info.Uses[name].(type) {
		case *types.Func:
			if node := c.graph.NodeOf(object); node != nil {
				c.found = append(c.found, Target{Node: node})
			}
		case *types.Nil:
		case *types.Var:
			if _, ok := source.Unalias(object.Type()).Underlying().(*types.Signature); ok {
				c.variable(object.Origin())
			} else {
				c.unknown = true // an element of it
			}
		}
	case *ast.CallExpr:
		function := syntax.Callee(info, n)
		if function == nil || c.graph.NodeOf(function) == nil {
			c.unknown = true
			return
		}
		results := function.Type().(*types.Signature).Results()
		if result < results.Len() {
			c.variable(results.At(result).Origin())
		}
	default:
		c.unknown = true
	}
}

func (c *chooser) variable(of *types.Var) {
	if c.seen[of] {
		return
	}
	c.seen[of] = true
	if len(c.given[of]) == 0 {
		c.unknown = true
	}
	for _, each := range c.given[of] {
		c.of(each.Expr, each.By, each.Result)
	}
}

// ofType returns all functions of a type that are values somewhere.
func (f *Flow) ofType(of types.Type) []Target {
	var found []Target
	if of == nil {
		return nil
	}
	of = source.Unalias(of).Underlying()
	for _, each := range f.literals {
		if types.Identical(each.Node.Of.Info.TypeOf(each.Literal), of) {
			found = append(found, each)
		}
	}
	for function := range f.values {
		signature := function.Type().(*types.Signature)
		free := types.NewSignatureType(nil, nil, nil, signature.Params(), signature.Results(), signature.Variadic())
		if node := f.graph.NodeOf(function); node != nil && types.Identical(free, of) {
			found = append(found, Target{Node: node})
		}
	}
	return found
}
