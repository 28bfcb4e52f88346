package flush

import (
	"go/ast"
	"go/types"

	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// use is what is done with a writer where it is named.
type use int

const (
	escapes use = iota // to where it is not seen any more
	written
	asked
	ended
	deferred // ended, when the function returns
	set      // given a value
)

// usesOf says of each mention of a variable below a node what is done with it there.
func (f *finder) usesOf(of *source.Package, in ast.Node, variable *types.Var) map[*ast.Ident]use {
	found := map[*ast.Ident]use{}
	var stack []ast.Node
	ast.Inspect(in, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if id, ok := n.(*ast.Ident); ok {
			if used, ok := of.Info.Uses[id].(*types.Var); ok && used.Origin() == variable {
				found[id] = f.useOf(of, stack, id)
			}
		}
		stack = append(stack, n)
		return true
	})
	return found
}

// useOf looks at what is around a name.
func (f *finder) useOf(of *source.Package, stack []ast.Node, id *ast.Ident) use {
	var named ast.Expr = id
	i := len(stack) - 1
	if selector, ok := stack[i].(*ast.SelectorExpr); ok && selector.Sel == id {
		named, i = selector, i-1 // a field, or another package's
	}
	var what use
	switch n := stack[i].(type) {
	case *ast.SelectorExpr:
		call, ok := stack[i-1].(*ast.CallExpr)
		if !ok || call.Fun != n {
			return escapes
		}
		what, i = method(n.Sel.Name), i-1
	case *ast.CallExpr:
		what = f.argument(of, n, named)
	case *ast.KeyValueExpr:
		if n.Key == named {
			return set
		}
		return escapes
	case *ast.AssignStmt:
		for j, left := range n.Lhs {
			if left == named {
				return set
			}
			if blank, ok := left.(*ast.Ident); ok && blank.Name == "_" && j < len(n.Rhs) && n.Rhs[j] == named {
				return asked
			}
		}
		return escapes
	default:
		return escapes
	}
	return settled(what, stack[:i+1])
}

func method(name string) use {
	switch {
	case ends[name]:
		return ended
	case gives[name]:
		return written
	case asks[name]:
		return asked
	}
	return escapes
}

// settled is a use in the light of when it happens: `around` ends with its call.
func settled(what use, around []ast.Node) use {
	for i := len(around) - 2; i >= 0; i-- {
		switch n := around[i].(type) {
		case *ast.GoStmt:
			return escapes
		case *ast.DeferStmt:
			if what == ended {
				return deferred
			}
			return escapes
		case *ast.FuncLit:
			if what != ended {
				continue
			}
			if i < 2 {
				return escapes
			}
			call, ok := around[i-1].(*ast.CallExpr)
			if _, later := around[i-2].(*ast.DeferStmt); !ok || !later || call.Fun != n {
				return escapes
			}
			return deferred
		}
	}
	return what
}

// argument tells what a call does with a writer that it is given.
func (f *finder) argument(of *source.Package, call *ast.CallExpr, named ast.Expr) use {
	callee := syntax.Callee(of.Info, call)
	if callee == nil {
		return escapes
	}
	for i, each := range call.Args {
		if each != named {
			continue
		}
		if at, ok := passing[syntax.FullName(callee)]; ok && at == i {
			return written
		}
		if f.keeps(callee, i) {
			return written
		}
	}
	return escapes
}

// keeps tells whether one of the program's own functions only writes to a parameter.
func (f *finder) keeps(callee *types.Func, i int) bool {
	declared, ok := f.declared[callee]
	parameters := callee.Type().(*types.Signature).Params()
	if !ok || declared.function.Body == nil || i >= parameters.Len() {
		return false
	}
	if callee.Type().(*types.Signature).Variadic() && i >= parameters.Len()-1 {
		return false
	}
	parameter := parameters.At(i)
	if known, ok := f.kept[parameter]; ok {
		return known
	}
	f.kept[parameter] = true // what calls itself adds nothing
	for _, what := range f.usesOf(declared.of, declared.function.Body, parameter) {
		if what != written && what != asked {
			f.kept[parameter] = false
		}
	}
	return f.kept[parameter]
}
