// Package sites answers how a mention of a function is written: the call that it is of, and what
// stands around it.
package sites

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/source"
)

// Site is a call in a source.
type Site struct {
	Of     *source.Package
	Call   *ast.CallExpr
	Around []ast.Node // from the function's declaration, or the variables', to the call's parent
}

// Index finds them.
type Index struct {
	fset  *token.FileSet
	files map[*token.File]file
}

type file struct {
	of   *source.Package
	tree *ast.File
}

// Of is that of some packages.
func Of(program *source.Program, packages []*source.Package) *Index {
	x := &Index{program.Fset, map[*token.File]file{}}
	for _, each := range packages {
		if each.Info == nil {
			continue
		}
		for _, tree := range each.Files {
			if tree != nil {
				x.files[x.fset.File(tree.Package)] = file{each, tree}
			}
		}
	}
	return x
}

// Call returns the call whose function is named at a position; nil where it is only mentioned.
func (x *Index) Call(pos token.Pos) *Site {
	in := x.files[x.fset.File(pos)]
	if in.tree == nil {
		return nil
	}
	path := enclosing(in.tree, pos)
	for i := len(path) - 1; i > 0; i-- {
		switch n := path[i].(type) {
		case *ast.Ident, *ast.SelectorExpr, *ast.ParenExpr, *ast.IndexExpr, *ast.IndexListExpr:
			continue
		case *ast.CallExpr:
			if names(n.Fun, pos) {
				return &Site{in.of, n, path[1:i]}
			}
		}
		return nil
	}
	return nil
}

// enclosing returns the nodes that a position is in, from the file on.
func enclosing(tree *ast.File, pos token.Pos) []ast.Node {
	var path []ast.Node
	ast.Inspect(tree, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || n.End() <= pos {
			return false
		}
		path = append(path, n)
		return true
	})
	return path
}

// names tells whether the function of a call is the one that is named at a position.
func names(fun ast.Expr, pos token.Pos) bool {
	id := Named(fun)
	return id != nil && id.Pos() == pos
}

// Named returns the identifier that names the function of a call; nil where it has no name.
func Named(fun ast.Expr) *ast.Ident {
	switch n := fun.(type) {
	case *ast.Ident:
		return n
	case *ast.SelectorExpr:
		return n.Sel
	case *ast.ParenExpr:
		return Named(n.X)
	case *ast.IndexExpr:
		return Named(n.X)
	case *ast.IndexListExpr:
		return Named(n.X)
	}
	return nil
}

// Callee returns the full name of the function, method or builtin that a call names; "" where that
// is not known.
func Callee(info *types.Info, call *ast.CallExpr) string {
	id := Named(call.Fun)
	if id == nil {
		return ""
	}
	switch object := info.Uses[id].(type) {
	case *types.Func:
		return callgraph.FullName(object.Origin())
	case *types.Builtin:
		return object.Name()
	}
	return ""
}

// Function returns the declaration in which a call stands; nil where it initialises a variable.
func (s *Site) Function() *ast.FuncDecl {
	declared, _ := s.Around[0].(*ast.FuncDecl)
	return declared
}

// Guards tells whether a statement around a call decides whether the call is made: not where the
// call is a part of what is asked.
func (s *Site) Guards(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		return n.Body.Pos() <= s.Call.Pos()
	case *ast.SwitchStmt:
		return n.Body.Pos() <= s.Call.Pos()
	case *ast.TypeSwitchStmt:
		return n.Body.Pos() <= s.Call.Pos()
	case *ast.SelectStmt:
		return true
	}
	return false
}
