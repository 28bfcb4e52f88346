package hostcall

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/syntax"
)

// flow are the variables of a piece of source to which what some of them hold can come: within one
// function, by all ways. (Package flow says where a value comes from, in the whole program.)
type flow struct {
	info  *types.Info
	holds map[types.Object]bool
}

// follow finds them below a node. The order of statements does not count.
func follow(info *types.Info, below ast.Node, from []types.Object) *flow {
	f := &flow{info, map[types.Object]bool{}}
	for _, each := range from {
		f.holds[each] = true
	}
	for known := -1; known != len(f.holds); {
		known = len(f.holds)
		ast.Inspect(below, func(n ast.Node) bool {
			f.statement(n)
			return true
		})
	}
	return f
}

func (f *flow) statement(n ast.Node) {
	syntax.Given(n, func(to, value ast.Expr, _ int) {
		if value != nil && f.reaches(value) {
			f.add(to)
		}
	})
	switch n := n.(type) {
	case *ast.RangeStmt:
		if f.reaches(n.X) {
			f.add(n.Key)
			f.add(n.Value)
		}
	case *ast.CallExpr:
		f.call(n)
	}
}

// call is one that may write what it is given into its receiver, or behind a pointer or slice.
func (f *flow) call(n *ast.CallExpr) {
	if f.info.Types[n.Fun].IsType() || f.info.Types[n.Fun].IsBuiltin() && syntax.CalleeName(f.info, n) != "copy" {
		return
	}
	for _, argument := range n.Args {
		if !f.reaches(argument) {
			continue
		}
		if selector, ok := n.Fun.(*ast.SelectorExpr); ok && f.info.Selections[selector] != nil {
			f.add(selector.X)
		}
		for _, other := range n.Args {
			if isPlace(f.info, other) {
				f.add(other)
			}
		}
		return
	}
}

// isPlace tells whether a function that is given a value may write where it points to.
func isPlace(info *types.Info, n ast.Expr) bool {
	of := info.TypeOf(n)
	if of == nil {
		return false
	}
	switch of.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map:
		return true
	}
	return false
}

func (f *flow) add(n ast.Expr) {
	if object := root(f.info, n); object != nil {
		f.holds[object] = true
	}
}

// reaches tells whether one of the variables is mentioned below a node.
func (f *flow) reaches(n ast.Node) bool { return n != nil && mentions(f.info, n, f.holds) }

func (f *flow) reachesAny(list []ast.Expr) bool {
	for _, each := range list {
		if f.reaches(each) {
			return true
		}
	}
	return false
}

func mentions(info *types.Info, n ast.Node, objects map[types.Object]bool) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = found || objects[info.ObjectOf(id)]
		}
		return !found
	})
	return found
}

// root returns the variable that an expression is of or a part of, or to which it points; nil where
// it is of none.
func root(info *types.Info, n ast.Expr) types.Object {
	switch n := n.(type) {
	case *ast.Ident:
		if object, ok := info.ObjectOf(n).(*types.Var); ok {
			return object
		}
	case *ast.SelectorExpr:
		if info.Selections[n] == nil {
			return root(info, n.Sel)
		}
		return root(info, n.X)
	case *ast.IndexExpr:
		return root(info, n.X)
	case *ast.SliceExpr:
		return root(info, n.X)
	case *ast.StarExpr:
		return root(info, n.X)
	case *ast.ParenExpr:
		return root(info, n.X)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return root(info, n.X)
		}
	}
	return nil
}

// modified are the variables that are assigned below a node, wholly or in part, or of which a method
// is called whose result nobody uses.
func modified(info *types.Info, below ast.Node) map[types.Object]bool {
	found := map[types.Object]bool{}
	add := func(n ast.Expr) {
		if object := root(info, n); object != nil {
			found[object] = true
		}
	}
	ast.Inspect(below, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, each := range n.Lhs {
				add(each)
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok {
				if selector, ok := call.Fun.(*ast.SelectorExpr); ok && info.Selections[selector] != nil {
					add(selector.X)
				}
			}
		}
		return true
	})
	return found
}
