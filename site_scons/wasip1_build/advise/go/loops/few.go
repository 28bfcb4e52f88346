package loops

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/source"
)

// Few are the most rounds that a loop has that does not count, where they are known.
const Few = 16

// isShortRange tells whether a range statement is known to have few rounds.
func (f *finder) isShortRange(n *ast.RangeStmt) bool {
	of := f.of.Info.Types[n.X]
	if of.Value != nil {
		if of.Value.Kind() == constant.String {
			return len(constant.StringVal(of.Value)) <= Few
		}
		return isAtMostFew(of.Value)
	}
	if of.Type == nil {
		return false // the source needs a later Go
	}
	under := source.Unalias(of.Type)
	if pointer, ok := under.Underlying().(*types.Pointer); ok {
		under = source.Unalias(pointer.Elem())
	}
	if array, ok := under.Underlying().(*types.Array); ok {
		return array.Len() <= Few
	}
	literal, ok := n.X.(*ast.CompositeLit)
	return ok && len(literal.Elts) <= Few
}

// isShortFor tells whether a for statement counts from a constant to another one, in few rounds.
func (f *finder) isShortFor(n *ast.ForStmt) bool {
	set, ok := n.Init.(*ast.AssignStmt)
	if !ok || len(set.Rhs) != 1 || n.Post == nil {
		return false
	}
	until, ok := n.Cond.(*ast.BinaryExpr)
	if !ok {
		return false
	}
	counter, ok := set.Lhs[0].(*ast.Ident)
	if !ok {
		return false
	}
	compared, ok := until.X.(*ast.Ident)
	step, counts := n.Post.(*ast.IncDecStmt)
	if !ok || !counts || compared.Name != counter.Name {
		return false
	}
	if moved, ok := step.X.(*ast.Ident); !ok || moved.Name != counter.Name {
		return false
	}
	first, last := f.of.Info.Types[set.Rhs[0]].Value, f.of.Info.Types[until.Y].Value
	if first == nil || last == nil {
		return false
	}
	if step.Tok == token.DEC {
		first, last = last, first
	}
	return isAtMostFew(constant.BinaryOp(last, token.SUB, first))
}

func isAtMostFew(value constant.Value) bool {
	rounds, ok := constant.Int64Val(constant.ToInt(value))
	return ok && rounds <= Few
}
