package output

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/flow"
	"wasip1.invalid/advisor/loops"
	"wasip1.invalid/advisor/streams"
	"wasip1.invalid/advisor/syntax"
)

// How far from its loop a call is told of. What is deeper is a part of something larger: there the
// loop is over files, or commands, and a line for each costs little beside it.
const farthest = 3

// rounds are the functions that are called in a loop, each with the shortest chain from there; what
// runs rarely is left out, as is a loop in which someone waits for each line.
func (l *looked) rounds() map[*callgraph.Node]callgraph.Chain {
	found := map[*callgraph.Node]callgraph.Chain{}
	by := map[token.Pos]*calls.Call{}
	for _, call := range l.calls {
		by[call.Pos()] = call
	}
	var queue []*callgraph.Node
	add := func(edge callgraph.Edge, before callgraph.Chain) {
		call := by[edge.Pos]
		if call == nil || edge.Implied || found[edge.To] != nil || !l.subject.Looks(edge.To.Of) || l.ending[edge.To.Object] {
			return
		}
		if len(before) == 0 && l.around(call) == nil || len(before) > 0 && !isSure(call) || l.isRare(call) {
			return
		}
		found[edge.To] = append(append(callgraph.Chain(nil), before...), edge)
		queue = append(queue, edge.To)
	}
	for _, edge := range l.subject.Graph.InOrder() {
		add(edge, nil)
	}
	for ; len(queue) > 0; queue = queue[1:] {
		if before := found[queue[0]]; len(before) < farthest {
			for _, edge := range queue[0].Out {
				add(edge, before)
			}
		}
	}
	return found
}

// around returns the loop that repeats a call in its function; nil where there is none, or someone
// waits in it.
func (l *looked) around(call *calls.Call) *loops.Loop {
	loop := l.loops.Around(call.Pos())
	if loop == nil || l.quiet[loop.Node] {
		return nil
	}
	for _, each := range call.Around {
		if l.quiet[each] {
			return nil
		}
	}
	return loop
}

// repeated tells whether a call runs many times, and how it is reached from its loop if that is not
// in the same function.
func (l *looked) repeated(call *calls.Call) (callgraph.Chain, bool) {
	if l.isRare(call) {
		return nil, false
	}
	if l.around(call) != nil {
		return nil, true
	}
	if literal := call.Literal(); literal != nil {
		for _, each := range flow.Of(l.subject).Calls(literal) {
			loop := l.loops.Around(syntax.Ident(each.Fun).Pos())
			if loop != nil && l.subject.Looks(loop.Of) && !l.quiet[loop.Node] {
				return nil, true
			}
		}
		return nil, false
	}
	chain := l.round[call.Edge.From]
	if chain == nil || !isSure(call) {
		return nil, false
	}
	return append(append(callgraph.Chain(nil), chain...), call.Edge), true
}

// isSure tells whether a call is made whenever its function is called. Far from the loop a condition
// is more often than not about what seldom is: a trace that was asked for, a mistake in the input.
func isSure(call *calls.Call) bool {
	for _, each := range call.Around {
		var list []ast.Stmt
		switch n := each.(type) {
		case *ast.IfStmt:
			if n.Body.Pos() <= call.Pos() {
				return false
			}
		case *ast.CaseClause, *ast.CommClause:
			return false
		case *ast.BlockStmt:
			list = n.List
		}
		for _, before := range list {
			if before.End() <= call.Pos() && returns(before) {
				return false
			}
		}
	}
	return true
}

func returns(n ast.Stmt) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// isEnd tells whether the program ends behind a call.
func (l *looked) isEnd(call *calls.Call) bool {
	for _, each := range call.Around {
		block, ok := each.(*ast.BlockStmt)
		if !ok {
			continue
		}
		for _, after := range block.List {
			last, ok := after.(*ast.ExprStmt)
			if !ok || after.Pos() < call.Pos() {
				continue
			}
			if call, ok := last.X.(*ast.CallExpr); ok && l.exits[call] {
				return true
			}
		}
	}
	return false
}

// isEach tells whether what is written or read is a file of its own in each round, or is sought in:
// a buffer would save nothing.
func (l *looked) isEach(of item) bool {
	if of.stream.Base != streams.File {
		return false
	}
	for _, call := range l.calls {
		if call.In == of.In && call.Name() == "(*os.File).Seek" {
			return true
		}
		if call.CallExpr.Pos() == of.stream.Opened && l.round[call.Edge.From] != nil {
			return true
		}
	}
	loop := l.loops.Around(of.Pos())
	if of.chain != nil {
		loop = l.loops.Around(of.chain[0].Pos)
	}
	return loop == nil || loop.Node.Pos() <= of.stream.Opened && of.stream.Opened < loop.Node.End()
}

// isRare tells whether a call is made only now and then in a loop: where something failed, in each
// so many rounds, or when some time has gone by.
func (l *looked) isRare(call *calls.Call) bool {
	if l.isEnd(call) {
		return true
	}
	for i := len(call.Around) - 1; i >= 0; i-- {
		var child ast.Node = call.CallExpr
		if i+1 < len(call.Around) {
			child = call.Around[i+1]
		}
		switch n := call.Around[i].(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if l.loops.Around(call.Pos()) != nil && l.loops.Around(call.Pos()).Node == n {
				return false
			}
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			if child == n.Body && n.Else == nil && l.isMode(call, n.Cond) ||
				child == n.Body && rare(call.Of.Info, n.Cond, token.NEQ) ||
				child == n.Else && rare(call.Of.Info, n.Cond, token.EQL) {
				return true
			}
		case *ast.CaseClause:
			for _, each := range n.List {
				if rare(call.Of.Info, each, token.NEQ) {
					return true
				}
			}
		}
	}
	return false
}

// isMode tells whether a condition is the same in all rounds of the loop around a call: what is
// written then was asked for, as a trace is.
func (l *looked) isMode(call *calls.Call, condition ast.Expr) bool {
	loop := l.loops.Around(call.Pos())
	if loop == nil || condition.Pos() < loop.Pos() {
		return false
	}
	inside := map[types.Object]bool{}
	note := func(e ast.Expr) {
		if variable := syntax.Variable(call.Of.Info, e); variable != nil {
			inside[variable] = true
		}
	}
	ast.Inspect(loop.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				note(left)
			}
		case *ast.IncDecStmt:
			note(n.X)
		}
		return true
	})
	same := true
	ast.Inspect(condition, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			variable := syntax.Variable(call.Of.Info, n)
			if variable != nil && (inside[variable] || loop.Pos() <= variable.Pos() && variable.Pos() < loop.Node.End()) {
				same = false
			}
		case *ast.CallExpr, *ast.IndexExpr, *ast.UnaryExpr:
			unary, ok := n.(*ast.UnaryExpr)
			same = same && ok && unary.Op == token.NOT
		}
		return same
	})
	return same
}

// rare tells whether a condition seldom holds: of a comparison with an error, if it is `failed`.
func rare(info *types.Info, condition ast.Expr, failed token.Token) bool {
	found := false
	ast.Inspect(condition, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.REM || n.Op == failed && (syntax.IsError(info.TypeOf(n.X)) || syntax.IsError(info.TypeOf(n.Y))) {
				found = true
			}
		case *ast.CallExpr:
			callee := syntax.Callee(info, n)
			if callee == nil || callee.Pkg() == nil {
				break
			}
			switch syntax.FullName(callee) {
			case "errors.Is", "errors.As", "time.Since", "time.Until", "(time.Time).After",
				"(time.Time).Before", "(time.Time).Sub":
				found = found || failed == token.NEQ
			}
		}
		return !found
	})
	return found
}
