// Package syntax answers what a piece of source says by itself, with its types: what is called, which
// variable is meant, what is given to it.
package syntax

import (
	"go/ast"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/source"
)

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

// Ident returns the identifier that names what is called, whatever its type arguments, at which the
// call graph has it; nil where there is none.
func Ident(fun ast.Expr) *ast.Ident {
	switch n := Unparen(fun).(type) {
	case *ast.Ident:
		return n
	case *ast.SelectorExpr:
		return n.Sel
	case *ast.IndexExpr:
		return Ident(n.X)
	case *ast.IndexListExpr:
		return Ident(n.X)
	}
	return nil
}

// Callee returns the function or method that is called, whatever its type arguments; nil where that
// is decided when it runs.
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

// CalleeName returns the full name of the function, method or builtin that is called; "" where that
// is decided when it runs.
func CalleeName(info *types.Info, call *ast.CallExpr) string {
	if function := Callee(info, call); function != nil {
		return FullName(function)
	}
	if id := Ident(call.Fun); id != nil {
		if builtin, ok := info.Uses[id].(*types.Builtin); ok {
			return builtin.Name()
		}
	}
	return ""
}

// Receiver returns what a method is called of; nil where a call is of none.
func Receiver(info *types.Info, call *ast.CallExpr) ast.Expr {
	selector, ok := Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || info.Selections[selector] == nil {
		return nil
	}
	return selector.X
}

// Variable returns the variable, parameter or field that an expression names, whatever its type
// arguments, or that holds the pointer to it; nil where it is no name.
func Variable(info *types.Info, e ast.Expr) *types.Var {
	var id *ast.Ident
	switch n := Unparen(e).(type) {
	case *ast.Ident:
		id = n
	case *ast.SelectorExpr:
		id = n.Sel
	case *ast.StarExpr:
		return Variable(info, n.X)
	default:
		return nil
	}
	variable, ok := info.ObjectOf(id).(*types.Var)
	if !ok {
		return nil
	}
	return variable.Origin()
}

// FullName returns how an object is called from anywhere: "net.Dial", "(*net.Dialer).Dial".
func FullName(object types.Object) string {
	if function, ok := object.(*types.Func); ok {
		return function.FullName()
	}
	if object.Pkg() == nil {
		return object.Name()
	}
	return object.Pkg().Path() + "." + object.Name()
}

// ShortName is a full name without what is before its package's last word.
func ShortName(name string) string {
	name = strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
	return name[strings.LastIndex(name, "/")+1:]
}

// ReceiverName returns the name of the type whose method an object is; "" where it is none's.
func ReceiverName(object types.Object) string {
	signature, ok := object.Type().(*types.Signature)
	if _, isFunction := object.(*types.Func); !ok || !isFunction || signature.Recv() == nil {
		return ""
	}
	of := source.Unalias(signature.Recv().Type())
	if pointer, ok := of.(*types.Pointer); ok {
		of = source.Unalias(pointer.Elem())
	}
	if named, ok := of.(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}
