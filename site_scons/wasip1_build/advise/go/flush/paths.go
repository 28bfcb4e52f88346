package flush

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// states are the ways in which a writer can be at a point of a function, as bits.
type states int

const (
	unmade       states = 1 << iota
	clean               // nothing is kept
	pending             // something is
	cleanLater          // as before, and it is ended when the function returns
	pendingLater        //
	none         states = 0
)

// left is where something that is kept is lost.
type left struct {
	pos  token.Pos
	exit bool // the program ends there, and what is deferred does not run
}

// path follows a writer through a function.
type path struct {
	f        *finder
	of       *source.Package
	variable *types.Var
	maker    ast.Expr // or nil: it is made elsewhere
	uses     map[*ast.Ident]use
	touching func(*types.Func) bool // writes to it, out of sight
	results  *types.Signature
	lost     map[left]bool
	frames   []*frame
	failing  int  // how many conditions around a statement say that something failed
	itself   int  // of these, how many of the writer itself
	lostWay  bool // there is a goto
}

// frame is what break and continue lead to.
type frame struct {
	label           string
	rounds          bool
	broken, resumed states
}

func (p *path) block(list []ast.Stmt, in states) states {
	var before ast.Stmt
	for _, each := range list {
		in = p.statement(each, before, "", in)
		before = each
	}
	return in
}

func (p *path) statement(n, before ast.Stmt, label string, in states) states {
	if in == none {
		return none
	}
	switch n := n.(type) {
	case nil:
		return in
	case *ast.BlockStmt:
		return p.block(n.List, in)
	case *ast.LabeledStmt:
		return p.statement(n.Stmt, before, n.Label.Name, in)
	case *ast.IfStmt:
		return p.branch(n, before, in)
	case *ast.ForStmt:
		in = p.statement(n.Init, nil, "", in)
		return p.loop(label, n.Cond, n.Post, n.Body, n.Cond == nil, in)
	case *ast.RangeStmt:
		return p.loop(label, nil, nil, n.Body, false, p.events(n.X, in))
	case *ast.SwitchStmt:
		in = p.statement(n.Init, nil, "", in)
		return p.clauses(label, n.Body, p.events(n.Tag, in))
	case *ast.TypeSwitchStmt:
		in = p.statement(n.Init, nil, "", in)
		return p.clauses(label, n.Body, p.statement(n.Assign, nil, "", in))
	case *ast.SelectStmt:
		return p.clauses(label, n.Body, in)
	case *ast.BranchStmt:
		return p.jump(n, in)
	case *ast.ReturnStmt:
		in = p.events(n, in)
		if in&pending != 0 && !p.fails(n) {
			p.lost[left{n.Pos(), false}] = true
		}
		return none
	case *ast.DeferStmt:
		return p.later(n, in)
	}
	return p.events(n, in)
}

// branch follows both ways of an if statement.
func (p *path) branch(n *ast.IfStmt, before ast.Stmt, in states) states {
	in = p.statement(n.Init, nil, "", in)
	in = p.events(n.Cond, in)
	if n.Init != nil {
		before = n.Init
	}
	failed, itself := 0, 0
	if saysFailed(p.of.Info, n.Cond) {
		failed = 1
		if before != nil && p.mentions(before) || p.mentions(n.Cond) {
			itself = 1
		}
	}
	p.failing, p.itself = p.failing+failed, p.itself+itself
	then := p.block(n.Body.List, in)
	p.failing, p.itself = p.failing-failed, p.itself-itself
	if n.Else == nil {
		return then | in
	}
	return then | p.statement(n.Else, nil, "", in)
}

func (p *path) mentions(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if _, ok := p.uses[id]; ok {
				found = true
			}
		}
		return !found
	})
	return found
}

// saysFailed tells whether a condition is that there is an error.
func saysFailed(info *types.Info, condition ast.Expr) bool {
	found := false
	ast.Inspect(condition, func(n ast.Node) bool {
		if n, ok := n.(*ast.BinaryExpr); ok && n.Op == token.NEQ {
			found = found || syntax.IsError(info.TypeOf(n.X)) || syntax.IsError(info.TypeOf(n.Y))
		}
		return !found
	})
	return found
}

// fails tells whether a function returns that it failed: what it wrote is of no use then.
func (p *path) fails(n *ast.ReturnStmt) bool {
	if p.failing > 0 {
		return true
	}
	results := p.results.Results()
	if results.Len() == 0 || !syntax.IsError(results.At(results.Len()-1).Type()) || len(n.Results) == 0 {
		return false
	}
	last, ok := syntax.Unparen(n.Results[len(n.Results)-1]).(*ast.Ident)
	return !ok || last.Name != "nil"
}

// loop follows the rounds of a loop until they bring nothing new.
func (p *path) loop(
	label string, condition ast.Expr, post ast.Stmt, body *ast.BlockStmt, endless bool, in states,
) states {
	out := none
	for {
		start := in
		tested := p.events(condition, in)
		f := &frame{label: label, rounds: true}
		p.frames = append(p.frames, f)
		after := p.block(body.List, tested) | f.resumed
		p.frames = p.frames[:len(p.frames)-1]
		after = p.statement(post, nil, "", after)
		out |= f.broken
		if !endless {
			out |= tested
		}
		in |= after
		if in == start {
			return out
		}
	}
}

// clauses follows each way of a switch or select statement.
func (p *path) clauses(label string, body *ast.BlockStmt, in states) states {
	f := &frame{label: label}
	p.frames = append(p.frames, f)
	out, fallen, complete := none, none, false
	for _, each := range body.List {
		entered := in | fallen
		fallen = none
		var list []ast.Stmt
		failed := 0
		switch clause := each.(type) {
		case *ast.CaseClause:
			complete = complete || clause.List == nil
			for _, value := range clause.List {
				entered = p.events(value, entered)
				if saysFailed(p.of.Info, value) {
					failed = 1
				}
			}
			list = clause.Body
		case *ast.CommClause:
			complete = true // it waits until there is one
			entered = p.statement(clause.Comm, nil, "", entered)
			list = clause.Body
		}
		p.failing += failed
		ended := p.block(list, entered)
		p.failing -= failed
		if len(list) > 0 {
			if last, ok := list[len(list)-1].(*ast.BranchStmt); ok && last.Tok == token.FALLTHROUGH {
				fallen = ended
				continue
			}
		}
		out |= ended
	}
	p.frames = p.frames[:len(p.frames)-1]
	if !complete {
		out |= in
	}
	return out | f.broken
}

func (p *path) jump(n *ast.BranchStmt, in states) states {
	switch n.Tok {
	case token.FALLTHROUGH:
		return in
	case token.GOTO:
		p.lostWay = true
		return none
	}
	for i := len(p.frames) - 1; i >= 0; i-- {
		f := p.frames[i]
		if n.Label != nil && f.label != n.Label.Name || n.Tok == token.CONTINUE && !f.rounds {
			continue
		}
		if n.Tok == token.BREAK {
			f.broken |= in
		} else {
			f.resumed |= in
		}
		return none
	}
	return none
}

// later is what is deferred.
func (p *path) later(n *ast.DeferStmt, in states) states {
	ends := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			what, ok := p.uses[id]
			ends = ends || ok && what == deferred
		}
		return true
	})
	if !ends {
		return in
	}
	return each(in, map[states]states{clean: cleanLater, pending: pendingLater})
}

// events follows what happens in an expression or a simple statement, in the order of the source.
func (p *path) events(n ast.Node, in states) states {
	if n == nil {
		return in
	}
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		if in == none {
			return false
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			ast.Inspect(n.Fun, visit)
			for _, each := range n.Args {
				ast.Inspect(each, visit)
			}
			in = p.called(n, in)
			return false
		case *ast.FuncLit:
			if p.mentions(n) {
				in = each(in, map[states]states{clean: pending, cleanLater: pendingLater})
			}
			return false
		}
		return true
	}
	ast.Inspect(n, visit)
	return in
}

// called is what a call does, after its arguments.
func (p *path) called(n *ast.CallExpr, in states) states {
	if p.maker == ast.Expr(n) {
		if in&pending != 0 {
			p.lost[left{n.Pos(), false}] = true // that of the last round
		}
		return clean
	}
	what, ok := p.named(n)
	switch {
	case !ok:
	case what == written:
		return each(in, map[states]states{clean: pending, cleanLater: pendingLater})
	case what == ended:
		return each(in, map[states]states{pending: clean, pendingLater: cleanLater})
	}
	callee := syntax.Callee(p.of.Info, n)
	if callee == nil {
		if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" {
			if _, ok := p.of.Info.Uses[id].(*types.Builtin); ok {
				return none
			}
		}
		return in
	}
	if p.touching != nil && p.touching(callee) {
		in = each(in, map[states]states{clean: pending, cleanLater: pendingLater})
	}
	if syntax.Exits(syntax.FullName(callee)) || p.f.ending[callee] {
		if in&pendingLater != 0 && p.itself == 0 || in&pending != 0 && p.failing == 0 && p.maker != nil {
			p.lost[left{syntax.Ident(n.Fun).Pos(), true}] = true
		}
		return none
	}
	return in
}

// named is what a call does with the writer that it names.
func (p *path) named(n *ast.CallExpr) (use, bool) {
	var parts []ast.Expr
	if selector, ok := n.Fun.(*ast.SelectorExpr); ok {
		parts = append(parts, selector.X)
	}
	for _, part := range append(parts, n.Args...) {
		if id := syntax.Ident(part); id != nil {
			if what, ok := p.uses[id]; ok {
				return what, true
			}
		}
	}
	return 0, false
}

// each maps the ways one by one; those that are not told stay.
func each(in states, to map[states]states) states {
	out := none
	for bit := unmade; bit <= pendingLater; bit <<= 1 {
		if in&bit == 0 {
			continue
		}
		if other, ok := to[bit]; ok {
			out |= other
		} else {
			out |= bit
		}
	}
	return out
}
