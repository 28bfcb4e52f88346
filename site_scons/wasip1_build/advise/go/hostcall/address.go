package hostcall

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/syntax"
)

// addressed returns the local variable whose memory an integer is the address of, as
// `uint32(uintptr(unsafe.Pointer(&b[0])))` with arithmetic around it; nil where it is of none. `known`
// are variables that hold such integers.
func addressed(info *types.Info, n ast.Expr, known map[types.Object]*types.Var) *types.Var {
	if !syntax.IsInteger(info.TypeOf(n)) {
		return nil
	}
	switch n := n.(type) {
	case *ast.Ident:
		return known[info.Uses[n]]
	case *ast.ParenExpr:
		return addressed(info, n.X, known)
	case *ast.BinaryExpr:
		switch n.Op {
		case token.ADD, token.SUB, token.SHL, token.OR:
			if found := addressed(info, n.X, known); found != nil {
				return found
			}
			return addressed(info, n.Y, known)
		}
	case *ast.CallExpr:
		if !info.Types[n.Fun].IsType() || len(n.Args) != 1 {
			return nil
		}
		if syntax.IsInteger(info.TypeOf(n.Args[0])) {
			return addressed(info, n.Args[0], known)
		}
		return pointedTo(info, n.Args[0])
	}
	return nil
}

// pointedTo returns the local variable that an unsafe.Pointer is made of.
func pointedTo(info *types.Info, n ast.Expr) *types.Var {
	switch of := pointer(info, n).(type) {
	case *ast.UnaryExpr:
		if of.Op == token.AND {
			return memoryOf(info, of.X)
		}
	case *ast.CallExpr:
		switch syntax.CalleeName(info, of) {
		case "SliceData", "StringData":
			return local(root(info, of.Args[0]))
		}
	case *ast.Ident:
		return local(root(info, of))
	}
	return nil
}

// memoryOf returns the local variable whose memory a part of something is in: not what a pointer
// of it points to.
func memoryOf(info *types.Info, n ast.Expr) *types.Var {
	switch n := n.(type) {
	case *ast.Ident:
		return local(root(info, n))
	case *ast.ParenExpr:
		return memoryOf(info, n.X)
	case *ast.IndexExpr:
		return memoryOf(info, n.X)
	case *ast.SelectorExpr:
		of := info.TypeOf(n.X)
		if of == nil || info.Selections[n] == nil {
			return nil
		}
		if _, ok := of.Underlying().(*types.Pointer); ok {
			return nil
		}
		return memoryOf(info, n.X)
	}
	return nil
}

func local(object types.Object) *types.Var {
	found, ok := object.(*types.Var)
	if !ok || found.IsField() || found.Pkg() == nil || found.Parent() == found.Pkg().Scope() {
		return nil
	}
	return found
}

// isHarmless tells whether a call keeps nothing of what it is given, and moves nothing.
func isHarmless(info *types.Info, call *ast.CallExpr) bool {
	of := info.Types[call.Fun]
	if of.IsType() {
		return true
	}
	name := syntax.CalleeName(info, call)
	if of.IsBuiltin() {
		return name != "append" && name != "panic" && name != "print" && name != "println"
	}
	return name == "runtime.KeepAlive"
}

// keepsLocal tells whether a variable's memory stays a function's own: whether nothing else comes to
// refer to it.
func keepsLocal(info *types.Info, body *ast.BlockStmt, of *types.Var) bool {
	kept := true
	var stack []ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if id, ok := n.(*ast.Ident); ok && info.Uses[id] == of && !isOwnUse(info, of, stack) {
			kept = false
		}
		stack = append(stack, n)
		return true
	})
	return kept
}

// isOwnUse tells whether a mention of a variable lets nothing else refer to its memory; `around` is
// what it stands in, the nearest last.
func isOwnUse(info *types.Info, of *types.Var, around []ast.Node) bool {
	for i := len(around) - 1; i >= 0; i-- {
		switch n := around[i].(type) {
		case *ast.FuncLit:
			return false
		case *ast.IndexExpr:
			if !isAddressed(around, i) {
				return true // an element's value
			}
		case *ast.CallExpr:
			if info.Types[n.Fun].IsType() {
				if syntax.IsInteger(info.TypeOf(n)) {
					return true // an address as a number, which is what is looked at
				}
				continue
			}
			name := syntax.CalleeName(info, n)
			if name == "append" || name == "SliceData" || name == "StringData" {
				continue
			}
			return isHarmless(info, n)
		case *ast.AssignStmt:
			return len(n.Lhs) == 1 && root(info, n.Lhs[0]) == of // `b = append(b, x)`, `b[i] = x`
		case *ast.RangeStmt, *ast.IfStmt, *ast.ExprStmt, *ast.IncDecStmt, *ast.BlockStmt, *ast.ForStmt:
			return true
		case *ast.ReturnStmt, *ast.CompositeLit, *ast.SendStmt, *ast.ValueSpec, *ast.GoStmt, *ast.DeferStmt:
			return false
		}
	}
	return false
}

// isAddressed tells whether the address of what is at a place of a path is taken.
func isAddressed(around []ast.Node, i int) bool {
	for i--; i >= 0; i-- {
		switch n := around[i].(type) {
		case *ast.SelectorExpr, *ast.IndexExpr, *ast.ParenExpr:
			continue
		case *ast.UnaryExpr:
			return n.Op == token.AND
		default:
			return false
		}
	}
	return false
}
