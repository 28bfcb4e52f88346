package callgraph

import (
	"go/ast"
	"go/constant"
	"go/token"
)

// What is decided when the program is compiled: `if runtime.GOOS == "wasip1"` has one branch, as the
// compiler leaves the other one out.

// branch walks an if statement whose condition is constant; false where it is not.
func (w *walker) branch(n *ast.IfStmt) bool {
	taken, ok := w.truth(n.Cond)
	if !ok {
		return false
	}
	w.statement(n.Init)
	if w.value(n.Cond) == nil { // a part of it runs
		ast.Inspect(n.Cond, w.visit)
	}
	switch {
	case taken:
		w.node.decide(n.Body)
		w.node.leave(n.Else)
		w.statement(n.Body)
	case n.Else != nil:
		w.node.leave(n.Body)
		w.node.decide(n.Else)
		w.statement(n.Else)
	default:
		w.node.leave(n.Body)
	}
	return true
}

// statements walks those of a block that can run.
func (w *walker) statements(list []ast.Stmt) {
	for i, each := range list {
		w.statement(each)
		if w.ends(each) {
			for _, rest := range list[i+1:] {
				w.node.leave(rest)
			}
			return
		}
	}
}

// ends tells whether nothing after a statement runs, by an if statement that is decided.
func (w *walker) ends(statement ast.Stmt) bool {
	n, ok := statement.(*ast.IfStmt)
	if !ok {
		return false
	}
	if taken, ok := w.truth(n.Cond); !ok || !taken {
		return false
	}
	list := n.Body.List
	if len(list) == 0 {
		return false
	}
	_, returns := list[len(list)-1].(*ast.ReturnStmt)
	return returns
}

// choice walks a switch statement over a constant; false where it is none.
func (w *walker) choice(n *ast.SwitchStmt) bool {
	if n.Tag == nil || w.value(n.Tag) == nil {
		return false
	}
	w.statement(n.Init)
	var chosen, otherwise *ast.CaseClause
	for _, each := range n.Body.List {
		clause := each.(*ast.CaseClause)
		if clause.List == nil {
			otherwise = clause
		}
		for _, value := range clause.List {
			if w.value(value) == nil || hasFallthrough(clause) {
				return false
			}
			if chosen == nil && constant.Compare(w.value(n.Tag), token.EQL, w.value(value)) {
				chosen = clause
			}
		}
	}
	if chosen == nil {
		chosen = otherwise
	}
	for _, each := range n.Body.List {
		if each != ast.Stmt(chosen) {
			w.node.leave(each)
		}
	}
	if chosen != nil {
		w.node.decide(chosen)
		w.statements(chosen.Body)
	}
	return true
}

func hasFallthrough(clause *ast.CaseClause) bool {
	for _, each := range clause.Body {
		if branch, ok := each.(*ast.BranchStmt); ok && branch.Tok == token.FALLTHROUGH {
			return true
		}
	}
	return false
}

func (w *walker) statement(n ast.Stmt) {
	if n != nil {
		ast.Inspect(n, w.visit)
	}
}

func (w *walker) value(n ast.Expr) constant.Value { return w.info.Types[n].Value }

func (w *walker) truth(n ast.Expr) (bool, bool) {
	if found := w.value(n); found != nil && found.Kind() == constant.Bool {
		return constant.BoolVal(found), true
	}
	if both, ok := n.(*ast.BinaryExpr); ok && (both.Op == token.LAND || both.Op == token.LOR) {
		x, knowsX := w.truth(both.X)
		y, knowsY := w.truth(both.Y)
		decides := both.Op == token.LOR // whichever the other side is
		if knowsX && x == decides || knowsY && y == decides {
			return decides, true
		}
		return !decides, knowsX && knowsY
	}
	if inner, ok := n.(*ast.ParenExpr); ok {
		return w.truth(inner.X)
	}
	return false, false
}
