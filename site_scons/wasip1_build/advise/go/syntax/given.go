package syntax

import (
	"go/ast"
	"go/types"

	"wasip1.invalid/advisor/source"
)

// Given calls for all to which an assignment or a declaration gives a value: the value, and of a call
// with several results which. The value is nil where a variable is only declared.
func Given(n ast.Node, call func(to, value ast.Expr, result int)) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			value, result := Place(n.Rhs, i)
			call(left, value, result)
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			value, result := Place(n.Values, i)
			call(name, value, result)
		}
	}
}

// Place returns what stands for one of several variables in a list, which may be one call.
func Place(values []ast.Expr, i int) (ast.Expr, int) {
	switch {
	case i < len(values):
		return values[i], 0
	case len(values) == 1:
		return values[0], i
	}
	return nil, 0
}

// Fields calls for each field to which a literal gives a value, if it is one of a struct.
func Fields(info *types.Info, n *ast.CompositeLit, call func(field *types.Var, value ast.Expr)) {
	of := info.TypeOf(n)
	if of == nil {
		return
	}
	under := source.Unalias(of).Underlying()
	if pointer, ok := under.(*types.Pointer); ok { // an element &T{} of which &T is left out
		under = source.Unalias(pointer.Elem()).Underlying()
	}
	in, ok := under.(*types.Struct)
	if !ok {
		return
	}
	for i, element := range n.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if field := Variable(info, pair.Key); field != nil {
				call(field, pair.Value)
			}
		} else if i < in.NumFields() {
			call(in.Field(i).Origin(), element)
		}
	}
}
