package hostcall

import (
	"go/ast"
	"go/constant"
	"go/types"

	"wasip1.invalid/advisor/syntax"
)

// isNew tells whether a variable is given only memory that is made in the function.
func (b *body) isNew(of *types.Var) bool {
	found, old := false, false
	note := func(name, value ast.Expr, _ int) {
		if id, ok := name.(*ast.Ident); !ok || b.info.ObjectOf(id) != of {
			return
		}
		found = true
		old = old || value != nil && !b.makes(value, of)
	}
	ast.Inspect(b.declared.Body, func(n ast.Node) bool {
		syntax.Given(n, note)
		return true
	})
	return found && !old
}

// makes tells whether an expression is of new memory, or a value that a variable holds itself.
func (b *body) makes(n ast.Expr, of *types.Var) bool {
	switch of.Type().Underlying().(type) {
	case *types.Array, *types.Struct:
		return true
	case *types.Basic:
		if !isString(of.Type()) {
			return true
		}
	}
	switch n := n.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		_, ok := n.X.(*ast.CompositeLit)
		return ok
	case *ast.CallExpr:
		if b.info.Types[n.Fun].IsType() { // []byte(text)
			return isString(b.info.TypeOf(n)) != isString(b.info.TypeOf(n.Args[0]))
		}
		switch name := syntax.CalleeName(b.info, n); name {
		case "make", "new", "encoding/json.Marshal", "fmt.Sprintf", "fmt.Sprint", "fmt.Appendf",
			"strconv.Itoa", "strings.Repeat", "bytes.Repeat", "bytes.Clone", "slices.Clone",
			"encoding/json.MarshalIndent", "io.ReadAll", "os.ReadFile":
			return true
		case "append":
			return root(b.info, n.Args[0]) == of || root(b.info, n.Args[0]) == nil
		}
	}
	return false
}

func isString(of types.Type) bool {
	basic, ok := of.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

// The compiler puts no larger variables on the stack (cmd/compile/internal/ir: MaxStackVarSize and
// MaxImplicitStackVarSize).
const (
	largest     = 128 << 10
	largestMade = 64 << 10
)

// isOnStack tells whether the compiler leaves a variable's memory on the stack.
func (b *body) isOnStack(of *types.Var) bool {
	if !b.isNew(of) || !keepsLocal(b.info, b.declared.Body, of) {
		return false
	}
	switch of.Type().Underlying().(type) {
	case *types.Array, *types.Struct:
		return sizes.Sizeof(of.Type()) <= largest
	case *types.Basic:
		return !isString(of.Type())
	case *types.Slice:
		return b.isSmall(of)
	}
	return false
}

// isSmall tells whether a slice is made once, with a constant size.
func (b *body) isSmall(of *types.Var) bool {
	small, others := false, false
	ast.Inspect(b.declared.Body, func(n ast.Node) bool {
		n2, ok := n.(*ast.AssignStmt)
		if !ok || len(n2.Lhs) != 1 {
			return true
		}
		if id, ok := n2.Lhs[0].(*ast.Ident); !ok || b.info.ObjectOf(id) != of {
			return true
		}
		call, ok := n2.Rhs[0].(*ast.CallExpr)
		if !ok || syntax.CalleeName(b.info, call) != "make" {
			others = true
			return true
		}
		value := b.info.Types[call.Args[len(call.Args)-1]].Value
		element := of.Type().Underlying().(*types.Slice).Elem()
		if value == nil {
			others = true
		} else if count, ok := constant.Int64Val(value); ok && count*sizes.Sizeof(element) <= largestMade {
			small = true
		}
		return true
	})
	return small && !others
}
