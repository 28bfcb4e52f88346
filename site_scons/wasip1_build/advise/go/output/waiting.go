package output

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/streams"
	"wasip1.invalid/advisor/syntax"
)

// waiting are the loops and functions in which someone, or something, is waited for: what is
// written in them must be there at once, and costs nothing beside it.
func (l *looked) waiting() map[ast.Node]bool {
	asking, sleeping := map[types.Object]bool{}, map[types.Object]bool{}
	for _, call := range l.calls {
		if stream, ok := l.streams.IsRead(call); ok && stream.Base == streams.Stdin && call.In != nil {
			asking[call.Of.Info.Defs[call.In.Name]] = true
		}
		if isSleep(call.Callee) && call.In != nil {
			sleeping[call.Of.Info.Defs[call.In.Name]] = true
		}
	}
	reads := l.leading(asking)
	sleeps := l.leading(sleeping)
	quiet := map[ast.Node]bool{}
	events := map[ast.Node][]event{}
	for _, call := range l.calls {
		kind := nothing
		stream, isRead := l.streams.IsRead(call)
		written := l.streams.Written(call, l.logged)
		switch {
		case isRead && stream.Base == streams.Stdin || reads[call.Edge.To]:
			kind = answer
		case written.Base == streams.Stdout && isPrompt(call):
			kind = question
		case written.Base == streams.Stdout:
			kind = line
		case isSleep(call.Callee) || sleeps[call.Edge.To]:
			kind = pause
		default:
			continue
		}
		for i := len(call.Around) - 1; i >= 0; i-- {
			events[call.Around[i]] = append(events[call.Around[i]], event{call.Pos(), kind})
		}
	}
	for node, all := range events {
		sort.Slice(all, func(i, j int) bool { return all[i].pos < all[j].pos })
		switch node := node.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			quiet[node] = isDialogue(append(all, all[0]), false) || has(all, pause)
		case *ast.FuncDecl:
			quiet[node] = isDialogue(all, false) || !hasLoop(node.Body) && isDialogue(all, true)
		}
	}
	l.eachTick(quiet)
	return quiet
}

// event is a call that matters to who waits.
type event struct {
	pos  token.Pos
	kind int
}

const (
	nothing = iota
	line
	question
	answer
	pause
)

// isDialogue tells whether a question is followed by an answer; with `any`, or anything else.
func isDialogue(all []event, any bool) bool {
	for i, each := range all[:len(all)-1] {
		asked := each.kind == question || any && each.kind == line
		if asked && all[i+1].kind == answer {
			return true
		}
	}
	return false
}

func has(all []event, kind int) bool {
	for _, each := range all {
		if each.kind == kind {
			return true
		}
	}
	return false
}

func hasLoop(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			found = true
		}
		return !found
	})
	return found
}

func (l *looked) leading(functions map[types.Object]bool) map[*callgraph.Node]bool {
	return l.subject.Graph.LeadingTo(func(n *callgraph.Node) bool {
		return n.Object != nil && functions[n.Object]
	})
}

func isSleep(callee *types.Func) bool {
	switch syntax.FullName(callee) {
	case "time.Sleep", "time.After", "time.Tick":
		return true
	}
	return false
}

// eachTick adds the loops that wait for a ticker or a timer.
func (l *looked) eachTick(quiet map[ast.Node]bool) {
	for _, of := range l.subject.Packages {
		if !l.subject.Looks(of) {
			continue
		}
		for _, file := range of.Files {
			for _, each := range ticking(l.subject.Program, of, file) {
				quiet[each] = true
			}
		}
	}
}

// key is what a program knows the loops of a file by that wait.
type key struct{ file *ast.File }

func ticking(program *source.Program, of *source.Package, file *ast.File) []ast.Node {
	return program.Once(key{file}, func() any {
		var open, found []ast.Node
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				open = open[:len(open)-1]
				return true
			}
			open = append(open, n)
			if id, ok := n.(*ast.Ident); ok && isTick(of.Info.Uses[id]) {
				for _, each := range open {
					switch each.(type) {
					case *ast.ForStmt, *ast.RangeStmt:
						found = append(found, each)
					}
				}
			}
			return true
		})
		return found
	}).([]ast.Node)
}

func isTick(object types.Object) bool {
	field, ok := object.(*types.Var)
	return ok && field.IsField() && field.Name() == "C" && field.Pkg() != nil && field.Pkg().Path() == "time"
}

// isPrompt tells whether a text that is written ends as a question does.
func isPrompt(call *calls.Call) bool {
	for i := len(call.Args) - 1; i >= 0; i-- {
		text := call.Of.Info.Types[call.Args[i]].Value
		if text == nil || text.Kind() != constant.String {
			if strings.HasSuffix(call.Name(), "f") {
				continue // the format is before it
			}
			return false
		}
		trimmed := strings.TrimSpace(constant.StringVal(text))
		return trimmed != "" && strings.ContainsAny(trimmed[len(trimmed)-1:], ">:?$#]")
	}
	return false
}

// isQuiet tells whether someone waits for what a call writes.
func (l *looked) isQuiet(call *calls.Call, chain callgraph.Chain) bool {
	for _, each := range call.Around {
		if l.quiet[each] {
			return true
		}
	}
	return chain == nil && call.In != nil && l.quiet[call.In]
}
