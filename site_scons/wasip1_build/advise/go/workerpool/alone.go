package workerpool

import (
	"go/ast"
	"go/constant"
	"go/token"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/flow"
	"wasip1.invalid/advisor/syntax"
)

// alone answers what a program leaves out by itself where it sees one CPU, as it does on wasip1:
// `if runtime.NumCPU() > 1`, `if workers == 1 { ...; return }`.
type alone struct {
	flow *flow.Flow
	left map[*callgraph.Node][]ast.Node
}

func aloneIn(graph *callgraph.Graph, flow *flow.Flow) *alone {
	a := &alone{flow, map[*callgraph.Node][]ast.Node{}}
	for _, node := range graph.Nodes() {
		for _, body := range node.Syntax() {
			node.Inspect(body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.IfStmt:
					a.branch(node, n)
				case *ast.ForStmt:
					a.loop(node, n)
				case *ast.BlockStmt:
					a.rest(node, n.List)
				case *ast.CaseClause:
					a.rest(node, n.Body)
				}
				return true
			})
		}
	}
	return a
}

// leaves tells whether what is at a position of a function is left out.
func (a *alone) leaves(node *callgraph.Node, pos token.Pos) bool {
	for _, each := range a.left[node] {
		if each.Pos() <= pos && pos < each.End() {
			return true
		}
	}
	return false
}

func (a *alone) leave(node *callgraph.Node, part ast.Node) { a.left[node] = append(a.left[node], part) }

func (a *alone) branch(by *callgraph.Node, n *ast.IfStmt) {
	switch taken, known := a.truth(by, n.Cond); {
	case known && !taken:
		a.leave(by, n.Body)
	case known && n.Else != nil:
		a.leave(by, n.Else)
	}
}

// loop leaves out one that has no round: `for i := 1; i < runtime.NumCPU(); i++`.
func (a *alone) loop(by *callgraph.Node, n *ast.ForStmt) {
	set, ok := n.Init.(*ast.AssignStmt)
	cond, compares := n.Cond.(*ast.BinaryExpr)
	if !ok || !compares || len(set.Rhs) != 1 || a.flow.Count(cond.Y, by).CPUs == "" {
		return
	}
	first := by.Of.Info.Types[set.Rhs[0]].Value
	if first != nil && isComparison[cond.Op] && !constant.Compare(first, cond.Op, aCPU) {
		a.leave(by, n.Body)
	}
}

// rest leaves out what follows a branch that returns.
func (a *alone) rest(by *callgraph.Node, list []ast.Stmt) {
	for i, each := range list {
		n, ok := each.(*ast.IfStmt)
		if !ok || len(n.Body.List) == 0 {
			continue
		}
		if _, returns := n.Body.List[len(n.Body.List)-1].(*ast.ReturnStmt); !returns {
			continue
		}
		if taken, known := a.truth(by, n.Cond); known && taken {
			for _, after := range list[i+1:] {
				a.leave(by, after)
			}
			return
		}
	}
}

var aCPU = constant.MakeInt64(1)

var isComparison = map[token.Token]bool{
	token.EQL: true, token.NEQ: true, token.LSS: true, token.LEQ: true, token.GTR: true, token.GEQ: true,
}

// truth returns whether a condition holds for one CPU, and whether that is known.
func (a *alone) truth(by *callgraph.Node, cond ast.Expr) (holds, known bool) {
	switch n := cond.(type) {
	case *ast.ParenExpr:
		return a.truth(by, n.X)
	case *ast.UnaryExpr:
		holds, known = a.truth(by, n.X)
		return !holds, known && n.Op == token.NOT
	case *ast.BinaryExpr:
		if n.Op == token.LAND || n.Op == token.LOR {
			x, knowsX := a.truth(by, n.X)
			y, knowsY := a.truth(by, n.Y)
			decides := n.Op == token.LOR // whichever the other side is
			if knowsX && x == decides || knowsY && y == decides {
				return decides, true
			}
			return !decides, knowsX && knowsY
		}
		return a.compared(by, n)
	}
	return false, false
}

// compared is the number of CPUs against a constant; as 1, whatever it passed through.
func (a *alone) compared(by *callgraph.Node, n *ast.BinaryExpr) (holds, known bool) {
	if !isComparison[n.Op] || !syntax.IsInteger(by.Of.Info.TypeOf(n.X)) {
		return false, false
	}
	x, y := by.Of.Info.Types[n.X].Value, by.Of.Info.Types[n.Y].Value
	switch {
	case x == nil && y != nil && isOneOrTwo(y) && a.flow.Count(n.X, by).CPUs != "":
		return constant.Compare(aCPU, n.Op, y), true
	case x != nil && y == nil && isOneOrTwo(x) && a.flow.Count(n.Y, by).CPUs != "":
		return constant.Compare(x, n.Op, aCPU), true
	}
	return false, false
}

func isOneOrTwo(value constant.Value) bool {
	number, ok := constant.Int64Val(constant.ToInt(value))
	return ok && (number == 1 || number == 2)
}
