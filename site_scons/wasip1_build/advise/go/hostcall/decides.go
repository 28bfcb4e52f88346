package hostcall

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/loops"
	"wasip1.invalid/advisor/syntax"
)

// decides tells whether what a call returns says how a loop goes on, or what is given next: then the
// calls must be made one after the other. An error that ends the loop does not count.
func decides(
	loop *loops.Loop, site *calls.Site, items []types.Object, given []ast.Expr,
	carried map[types.Object]bool,
) bool {
	info := loop.Of.Info
	returned := results(info, site)
	comes := follow(info, loop.Node, returned)
	if len(returned) > 0 {
		for _, each := range items {
			if comes.holds[each] {
				return true
			}
		}
		if n, ok := loop.Node.(*ast.ForStmt); ok && n.Cond != nil && comes.reaches(n.Cond) {
			return true
		}
		next := map[types.Object]bool{}
		for object := range comes.holds {
			next[object] = carried[object]
		}
		for _, each := range given {
			if mentions(info, each, next) {
				return true
			}
		}
	}
	function := enclosingType(info, site)
	found := false
	ast.Inspect(loop.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if isIn(n.Cond, site.CallExpr) || comes.reaches(n.Cond) {
				found = found || leaves(info, n.Body, function, false) ||
					n.Else != nil && leaves(info, n.Else, function, false)
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && (isIn(n.Tag, site.CallExpr) || comes.reaches(n.Tag)) {
				found = found || leaves(info, n.Body, function, true)
			}
		}
		return !found
	})
	return found
}

func isIn(n ast.Node, call *ast.CallExpr) bool { return n.Pos() <= call.Pos() && call.End() <= n.End() }

// results are the variables that are given what a call returns.
func results(info *types.Info, site *calls.Site) []types.Object {
	for i := len(site.Around) - 1; i >= 0; i-- {
		var to []ast.Expr
		switch n := site.Around[i].(type) {
		case *ast.AssignStmt:
			to = n.Lhs
		case *ast.ValueSpec:
			for _, name := range n.Names {
				to = append(to, name)
			}
		case *ast.BlockStmt:
			return nil
		default:
			continue
		}
		var found []types.Object
		for _, each := range to {
			if object := root(info, each); object != nil && object.Name() != "_" {
				found = append(found, object)
			}
		}
		return found
	}
	return nil
}

// enclosingType is that of the function around a call.
func enclosingType(info *types.Info, site *calls.Site) *types.Signature {
	for i := len(site.Around) - 1; i >= 0; i-- {
		switch n := site.Around[i].(type) {
		case *ast.FuncLit:
			found, _ := info.TypeOf(n).(*types.Signature)
			return found
		case *ast.FuncDecl:
			if object := info.Defs[n.Name]; object != nil {
				found, _ := object.Type().(*types.Signature)
				return found
			}
		}
	}
	return nil
}

// leaves tells whether a statement of a loop ends it, but for a failure. `nested` is one in which
// `break` ends something else.
func leaves(info *types.Info, below ast.Node, function *types.Signature, nested bool) bool {
	found := false
	var visit func(n ast.Node, nested bool)
	visit = func(n ast.Node, nested bool) {
		ast.Inspect(n, func(child ast.Node) bool {
			switch child := child.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				if child != n {
					visit(child, true)
					return false
				}
			case *ast.ReturnStmt:
				found = found || !isFailure(info, child, function)
			case *ast.BranchStmt:
				found = found || child.Label != nil || child.Tok == token.BREAK && !nested
			}
			return !found
		})
	}
	visit(below, nested)
	return found
}

// isFailure tells whether a return statement gives an error.
func isFailure(info *types.Info, n *ast.ReturnStmt, function *types.Signature) bool {
	if function == nil || function.Results().Len() == 0 || len(n.Results) == 0 {
		return false
	}
	last := function.Results().At(function.Results().Len() - 1).Type()
	if !syntax.IsError(last) {
		return false
	}
	return !info.Types[n.Results[len(n.Results)-1]].IsNil()
}
