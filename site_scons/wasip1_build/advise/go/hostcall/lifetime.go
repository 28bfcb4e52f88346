package hostcall

import (
	"fmt"
	"go/ast"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// An integer is no reference: what it is the address of may be collected, and where it is on the
// stack it moves when the stack grows. Both were seen on Go 1.27.3: the host read another
// allocation's bytes, and what it wrote was lost, with runtime.KeepAlive too. In the call's own
// argument the conversion is safe: nothing runs in between.

// body is a function that can run.
type body struct {
	*rule.Subject
	info     *types.Info
	declared *ast.FuncDecl
	holds    map[types.Object]*types.Var // integers, and the memory whose addresses they are
	taken    map[types.Object]ast.Expr   // how each was made
}

// lifetimes finds addresses that outlive what they are of.
func lifetimes(subject *rule.Subject, edges []callgraph.Edge) []exchange.Finding {
	var findings []exchange.Finding
	reached := map[types.Object]bool{}
	for _, root := range subject.Graph.Roots {
		reached[root.Object] = true
	}
	for _, edge := range subject.Graph.InOrder() {
		reached[edge.To.Object] = true
	}
	bodies := map[*ast.FuncDecl]*body{}
	for _, each := range subject.Packages {
		if !subject.Looks(each) || each.Why != "" || !imports(each, "unsafe") {
			continue
		}
		for _, file := range each.Files {
			for _, declared := range file.Decls {
				function, ok := declared.(*ast.FuncDecl)
				if !ok || function.Body == nil || !reached[each.Info.Defs[function.Name]] {
					continue
				}
				made := read(subject, each, function)
				bodies[function] = made
				findings = append(findings, made.escaping()...)
			}
		}
	}
	for _, edge := range edges {
		if site := calls.At(subject.Program, edge.Pos); site != nil && bodies[site.In] != nil {
			findings = append(findings, bodies[site.In].stale(edge, site)...)
		}
	}
	return findings
}

// imports tells whether a package imports another: without unsafe nothing has an address as a number.
func imports(of *source.Package, path string) bool {
	for _, each := range of.Imports {
		if each == path {
			return true
		}
	}
	return false
}

// read finds the integers of a function that hold addresses.
func read(subject *rule.Subject, of *source.Package, declared *ast.FuncDecl) *body {
	b := &body{
		subject, of.Info, declared, map[types.Object]*types.Var{}, map[types.Object]ast.Expr{},
	}
	note := func(to, value ast.Expr, _ int) {
		if value == nil {
			return
		}
		memory := addressed(b.info, value, b.holds)
		if object := root(b.info, to); memory != nil && local(object) != nil && syntax.IsInteger(b.info.TypeOf(to)) {
			b.holds[object], b.taken[object] = memory, value
		}
	}
	ast.Inspect(declared.Body, func(n ast.Node) bool {
		syntax.Given(n, note)
		return true
	})
	return b
}

// escaping finds addresses of a function's own memory that it returns, or keeps for later, while
// nothing refers to the memory.
func (b *body) escaping() []exchange.Finding {
	var findings []exchange.Finding
	look := func(n ast.Expr, how string) {
		memory := addressed(b.info, n, b.holds)
		if memory == nil || !b.isNew(memory) || !keepsLocal(b.info, b.declared.Body, memory) {
			return
		}
		if b.Silenced(Name, n.Pos()) {
			return
		}
		said := b.At(Name, n.Pos())
		said.What = fmt.Sprintf("%s %s the address of %s, to which nothing refers then",
			b.declared.Name.Name, how, memory.Name())
		said.Why = "an integer is no reference: the next collection frees that memory, and another allocation " +
			"gets it; the host then reads or writes what is not its own"
		said.Fix = fmt.Sprintf("keep a reference until the host is done, as in a package's variable: "+
			"`held[p] = %s`, and delete(held, p) in a function that the host calls for it", memory.Name())
		findings = append(findings, said)
	}
	ast.Inspect(b.declared.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, each := range n.Results {
				look(each, "returns")
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				object := root(b.info, left)
				if len(n.Lhs) == len(n.Rhs) && object != nil && local(object) == nil {
					look(n.Rhs[i], "keeps")
				}
			}
		}
		return true
	})
	return findings
}

// stale finds addresses that a function of the host is given after other calls were made.
func (b *body) stale(edge callgraph.Edge, site *calls.Site) []exchange.Finding {
	var findings []exchange.Finding
	for _, argument := range site.Args {
		for _, object := range b.mentioned(argument) {
			taken, memory := b.taken[object], b.holds[object]
			if taken.End() > site.CallExpr.Pos() || !b.isSame(site, object, memory) {
				continue
			}
			between := b.between(taken, site.CallExpr)
			if between == nil || !b.isOnStack(memory) && b.isUsedAfter(memory, between) {
				continue
			}
			if b.Silenced(Name, argument.Pos()) {
				continue
			}
			said := b.At(Name, argument.Pos())
			said.What = fmt.Sprintf("%s is given an address of %s that was taken in line %d, before other calls",
				edge.To.Name(), memory.Name(), b.Program.Place(taken.Pos()).Line)
			said.Why = whyStale(b.isOnStack(memory))
			said.Fix = "take the address in the call itself, where nothing runs in between: " +
				types.ExprString(taken)
			findings = append(findings, said)
		}
	}
	return findings
}

func whyStale(onStack bool) string {
	if onStack {
		return "an integer is no reference: when the stack grows in a call, what is on it moves, and what the " +
			"host writes to the old place is lost; runtime.KeepAlive does not change that"
	}
	return "an integer is no reference: nothing else mentions it after the call in between, in which it can be " +
		"collected, and its place be given to another allocation"
}

// mentioned are the integers with addresses in an expression, in order.
func (b *body) mentioned(n ast.Expr) []types.Object {
	var found []types.Object
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && b.holds[b.info.Uses[id]] != nil {
			found = append(found, b.info.Uses[id])
		}
		return true
	})
	return found
}

// isSame tells whether a call is in the same function, closures apart, as an integer and its memory.
func (b *body) isSame(site *calls.Site, objects ...types.Object) bool {
	var within ast.Node = b.declared
	for _, n := range site.Around {
		if _, ok := n.(*ast.FuncLit); ok {
			within = n
		}
	}
	for _, each := range objects {
		if !isWithin(within, each) {
			return false
		}
	}
	return true
}

// between returns a call that is made after an address was taken and before it is given; nil where
// none can move or free memory.
func (b *body) between(taken ast.Expr, given *ast.CallExpr) *ast.CallExpr {
	var found *ast.CallExpr
	ast.Inspect(b.declared.Body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		call, ok := n.(*ast.CallExpr)
		if ok && taken.End() <= call.Pos() && call.End() <= given.Pos() && b.mayMove(call) {
			found = call
		}
		return true
	})
	return found
}

// leafPackages are those of functions that call little or nothing.
var leafPackages = map[string]bool{
	"math": true, "math/bits": true, "encoding/binary": true, "unicode/utf8": true, "unsafe": true,
}

// mayMove tells whether the stack can grow in a call, or memory be collected. Of functions that are
// small enough to be inlined it cannot.
func (b *body) mayMove(call *ast.CallExpr) bool {
	if isHarmless(b.info, call) || syntax.CalleeName(b.info, call) == "append" {
		return false
	}
	id := syntax.Ident(call.Fun)
	if id == nil {
		return true
	}
	function, ok := b.info.Uses[id].(*types.Func)
	if !ok {
		return !b.info.Types[call.Fun].IsBuiltin()
	}
	if function.Pkg() == nil || leafPackages[function.Pkg().Path()] {
		return false
	}
	of := b.Program.Package(function.Pkg().Path())
	if of == nil || of.Info == nil {
		return true
	}
	_, declared := of.Declaration(function.Origin())
	if declared == nil {
		return true
	}
	if declared.Body == nil {
		return false // the host's, or in assembly
	}
	if len(declared.Body.List) > 1 {
		return true
	}
	moves := false
	ast.Inspect(declared.Body, func(n ast.Node) bool {
		if inner, ok := n.(*ast.CallExpr); ok {
			moves = moves || !isHarmless(of.Info, inner)
		}
		return !moves
	})
	return moves
}

// isUsedAfter tells whether something is mentioned after a call, so that it lives until then. A
// parameter lives as long as the caller has it, which is not known.
func (b *body) isUsedAfter(of *types.Var, call *ast.CallExpr) bool {
	if !isWithin(b.declared.Body, of) {
		return true
	}
	used := false
	ast.Inspect(b.declared.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Pos() >= call.End() && b.info.Uses[id] == of {
			used = true
		}
		return !used
	})
	return used
}
