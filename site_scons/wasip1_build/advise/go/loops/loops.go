// Package loops answers what of a program runs many times: what stands in a loop, and the functions
// that are called from one.
//
// A loop of which the source shows that it has few rounds does not count, nor what runs only where
// it is left: `if err != nil { fmt.Println(err); return }` prints once, whatever is around it.
package loops

import (
	"go/ast"
	"go/token"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// Loop is a statement that repeats a part of it: a *ast.ForStmt, a *ast.RangeStmt, or a
// *ast.CallExpr of a function of the standard library that calls its argument for each element.
type Loop struct {
	Node ast.Node
	Of   *source.Package
	body [2]token.Pos // what is repeated
	left [][2]token.Pos
}

// Pos returns where the loop begins.
func (l *Loop) Pos() token.Pos { return l.Node.Pos() }

// repeats tells whether what is at a position runs in more than one round.
func (l *Loop) repeats(pos token.Pos) bool {
	if !within(l.body, pos) {
		return false
	}
	for _, part := range l.left {
		if within(part, pos) {
			return false
		}
	}
	return true
}

func within(part [2]token.Pos, pos token.Pos) bool { return part[0] <= pos && pos < part[1] }

// Set are the loops of a program, and what is called from them.
type Set struct {
	program *source.Program
	loops   map[*ast.File][]*Loop // inner ones last
	called  map[*callgraph.Node]callgraph.Chain
}

// In returns the loops of all packages of a subject.
func In(subject *rule.Subject) *Set {
	return subject.Once("loops", func() any { return Find(subject.Graph, subject.Packages) }).(*Set)
}

// Find reads the loops of some packages, and follows what can run from them.
func Find(graph *callgraph.Graph, packages []*source.Package) *Set {
	s := &Set{
		program: graph.Program,
		loops:   map[*ast.File][]*Loop{},
		called:  map[*callgraph.Node]callgraph.Chain{},
	}
	for _, each := range packages {
		if each.Info == nil {
			continue
		}
		for _, file := range each.Files {
			if file != nil {
				s.loops[file] = inFile(graph.Program, each, file)
			}
		}
	}
	s.follow(graph)
	return s
}

// Around returns the innermost loop that repeats what is at a position; nil where none of the same
// function does.
func (s *Set) Around(pos token.Pos) *Loop {
	_, file := s.program.Source(pos)
	loops := s.loops[file]
	for i := len(loops) - 1; i >= 0; i-- {
		if loops[i].repeats(pos) {
			return loops[i]
		}
	}
	return nil
}

// Called returns the shortest chain to a function from a loop: its first edge stands in that loop.
// It is nil where the function is called from none.
func (s *Set) Called(node *callgraph.Node) callgraph.Chain { return s.called[node] }

// Repeated returns how an edge comes to run many times: the chain from the loop with the edge itself
// at its end, and that loop; nil where it does not.
func (s *Set) Repeated(edge callgraph.Edge) (callgraph.Chain, *Loop) {
	if loop := s.Around(edge.Pos); loop != nil {
		return callgraph.Chain{edge}, loop
	}
	chain := s.called[edge.From]
	if chain == nil {
		return nil, nil
	}
	whole := append(append(callgraph.Chain(nil), chain...), edge)
	return whole, s.Around(whole[0].Pos)
}

func (s *Set) follow(graph *callgraph.Graph) {
	var queue []*callgraph.Node
	for _, edge := range graph.InOrder() {
		if s.called[edge.To] == nil && s.Around(edge.Pos) != nil {
			s.called[edge.To] = callgraph.Chain{edge}
			queue = append(queue, edge.To)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, edge := range queue[0].Out {
			if s.called[edge.To] == nil {
				s.called[edge.To] = append(append(callgraph.Chain(nil), s.called[queue[0]]...), edge)
				queue = append(queue, edge.To)
			}
		}
	}
}

// finder collects the loops of a file, and what leaves them.
type finder struct {
	of    *source.Package
	found []*Loop
	open  []frame // around what is read, innermost last
}

// frame is what a statement can leave: a loop, another statement that `break` ends, or a function.
type frame struct {
	loop     *Loop // or nil
	label    string
	breaks   bool // an unlabelled break ends it
	rounds   bool // an unlabelled continue goes on with it
	function bool
}

// key is what a program knows the loops of a file by.
type key struct{ file *ast.File }

func inFile(program *source.Program, of *source.Package, file *ast.File) []*Loop {
	return program.Once(key{file}, func() any {
		f := &finder{of: of}
		f.node(file, "")
		return f.found
	}).([]*Loop)
}

// node reads what is under a node, which may have a label.
func (f *finder) node(n ast.Node, label string) {
	switch n := n.(type) {
	case *ast.LabeledStmt:
		f.node(n.Stmt, n.Label.Name)
		return
	case *ast.FuncDecl, *ast.FuncLit:
		f.within(frame{function: true}, n)
		return
	case *ast.ForStmt:
		f.plain(n.Init)
		if start := f.repeated(n); start.IsValid() && !f.isShortFor(n) {
			f.within(f.loop(n, start, n.Body.End(), label), n.Cond, n.Post, n.Body)
		} else {
			f.within(frame{label: label, breaks: true, rounds: true}, n.Cond, n.Post, n.Body)
		}
		return
	case *ast.RangeStmt:
		f.plain(n.X)
		if f.isShortRange(n) {
			f.within(frame{label: label, breaks: true, rounds: true}, n.Body)
		} else {
			f.within(f.loop(n, n.Body.Pos(), n.Body.End(), label), n.Body)
		}
		return
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		f.within(frame{label: label, breaks: true}, n)
		return
	case *ast.CallExpr:
		f.call(n)
		return
	case *ast.BlockStmt:
		f.leaves(n.List, n.Pos(), n.End())
	case *ast.CaseClause:
		f.leaves(n.Body, n.Pos(), n.End())
	case *ast.CommClause:
		f.leaves(n.Body, n.Pos(), n.End())
	}
	f.under(n)
}

// under reads the children of a node.
func (f *finder) under(n ast.Node) {
	ast.Inspect(n, func(child ast.Node) bool {
		if child == n {
			return true
		}
		if child != nil {
			f.node(child, "")
		}
		return false
	})
}

func (f *finder) plain(n ast.Node) {
	if n != nil {
		f.node(n, "")
	}
}

// within reads nodes with a frame around them: of one that opened it, what is under it.
func (f *finder) within(of frame, nodes ...ast.Node) {
	f.open = append(f.open, of)
	for _, each := range nodes {
		switch each.(type) {
		case nil:
		case *ast.FuncDecl, *ast.FuncLit, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			f.under(each)
		default:
			f.node(each, "")
		}
	}
	f.open = f.open[:len(f.open)-1]
}

func (f *finder) loop(n ast.Node, from, to token.Pos, label string) frame {
	made := &Loop{Node: n, Of: f.of, body: [2]token.Pos{from, to}}
	f.found = append(f.found, made)
	return frame{loop: made, label: label, breaks: true, rounds: true}
}

// repeated returns where that begins which a for statement repeats.
func (f *finder) repeated(n *ast.ForStmt) token.Pos {
	switch {
	case n.Cond != nil:
		return n.Cond.Pos()
	case n.Post != nil:
		return n.Post.Pos()
	}
	return n.Body.Pos()
}

// call reads one; an argument that is called for each element is in a loop.
func (f *finder) call(n *ast.CallExpr) {
	f.node(n.Fun, "")
	repeated := eachTime[syntax.CalleeName(f.of.Info, n)]
	for i, argument := range n.Args {
		if repeated != 0 && i == repeated-1 {
			f.within(f.loop(n, argument.Pos(), argument.End(), ""), argument)
		} else {
			f.node(argument, "")
		}
	}
}

// eachTime are functions that call one of their arguments for each element: which, from 1 on.
var eachTime = map[string]int{
	"path/filepath.Walk": 2, "path/filepath.WalkDir": 2, "io/fs.WalkDir": 3,
	"(*sync.Map).Range": 1, "strings.Map": 1, "bytes.Map": 1,
	"sort.Slice": 2, "sort.SliceStable": 2, "slices.SortFunc": 2, "slices.SortStableFunc": 2,
	"(*go/token.FileSet).Iterate": 1, "go/ast.Inspect": 2,
}

// leaves notes the loops in whose last round a block runs: all that its last statement leaves.
func (f *finder) leaves(block []ast.Stmt, from, to token.Pos) {
	if len(block) == 0 {
		return
	}
	gone := goesOn(block)
	if gone > 0 {
		from = block[gone].Pos()
	}
	part := [2]token.Pos{from, to}
	stop := func(frame) bool { return false } // at the frame that is still left
	after := func(each frame) bool { return each.function }
	switch last := block[len(block)-1].(type) {
	case *ast.ReturnStmt:
	case *ast.BranchStmt:
		if last.Tok != token.BREAK && last.Tok != token.CONTINUE {
			return
		}
		is := func(each frame) bool {
			switch {
			case last.Label != nil:
				return each.label == last.Label.Name
			case last.Tok == token.BREAK:
				return each.breaks
			}
			return each.rounds
		}
		if last.Tok == token.BREAK {
			stop = is
		} else {
			after = func(each frame) bool { return each.function || is(each) }
		}
	case *ast.ExprStmt:
		call, ok := last.X.(*ast.CallExpr)
		if !ok || syntax.Returns(syntax.CalleeName(f.of.Info, call)) {
			return
		}
		after = func(frame) bool { return false } // also the callers' loops
	default:
		return
	}
	for i := len(f.open) - 1; i >= 0; i-- {
		each := f.open[i]
		if after(each) {
			return
		}
		if each.loop != nil && (each.loop.body[1] != to || gone > 0) {
			each.loop.left = append(each.loop.left, part)
		}
		if stop(each) {
			return
		}
	}
}

// goesOn returns the number of statements up to the last one that may begin another round, in front
// of that which ends the block.
func goesOn(block []ast.Stmt) int {
	for i := len(block) - 2; i >= 0; i-- {
		found := false
		ast.Inspect(block[i], func(n ast.Node) bool {
			if branch, ok := n.(*ast.BranchStmt); ok && branch.Tok != token.BREAK {
				found = found || branch.Tok != token.FALLTHROUGH
			}
			return !found
		})
		if found {
			return i + 1
		}
	}
	return 0
}
