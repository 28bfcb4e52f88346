// Package flush is the rule missing-flush: writers that can be left with something in them.
package flush

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// Name is what users know the rule by.
const Name = "missing-flush"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

// declaration is a function in a source that rules look at.
type declaration struct {
	of       *source.Package
	function *ast.FuncDecl
}

// finder looks at one program.
type finder struct {
	subject  *rule.Subject
	calls    []*calls.Call
	declared map[types.Object]declaration
	kept     map[*types.Var]bool // parameters that are only written to
	ending   map[types.Object]bool
	found    []exchange.Finding
}

func find(subject *rule.Subject) []exchange.Finding {
	f := &finder{
		subject: subject, calls: calls.Find(subject), declared: map[types.Object]declaration{},
		kept: map[*types.Var]bool{},
	}
	for _, of := range subject.Packages {
		if !subject.Looks(of) || of.Why != "" {
			continue
		}
		for _, file := range of.Files {
			for _, each := range file.Decls {
				if function, ok := each.(*ast.FuncDecl); ok {
					f.declared[of.Info.Defs[function.Name]] = declaration{of, function}
				}
			}
		}
	}
	f.ending = calls.Ending(f.calls)
	var shared []*types.Var
	for _, call := range f.calls {
		made, ok := makers[call.Name()]
		if !ok || made.to >= len(call.Args) || isDiscard(call, made) {
			continue
		}
		variable, isLocal := bound(call)
		switch {
		case variable == nil:
			f.unbound(call, made)
		case isLocal:
			f.local(call, made, variable)
		default:
			shared = append(shared, variable)
		}
	}
	for _, variable := range shared {
		f.shared(variable)
	}
	sort.SliceStable(f.found, func(i, j int) bool {
		a, b := f.found[i], f.found[j]
		return a.File < b.File || a.File == b.File && a.Line < b.Line
	})
	return f.found
}

func isDiscard(call *calls.Call, made maker) bool {
	variable := syntax.Variable(call.Of.Info, call.Args[made.to])
	return variable != nil && syntax.FullName(variable) == "io.Discard"
}

// bound returns the variable that is given what a call makes, and whether it is made with it.
func bound(call *calls.Call) (*types.Var, bool) {
	info := call.Of.Info
	switch n := call.Around[len(call.Around)-1].(type) {
	case *ast.AssignStmt:
		for i, each := range n.Rhs {
			if each != call.CallExpr {
				continue
			}
			if id, ok := n.Lhs[i].(*ast.Ident); ok {
				if defined, ok := info.Defs[id].(*types.Var); ok {
					return defined, true
				}
			}
			return syntax.Variable(info, n.Lhs[i]), false
		}
	case *ast.ValueSpec:
		for i, each := range n.Values {
			if each == call.CallExpr && i < len(n.Names) {
				defined, _ := info.Defs[n.Names[i]].(*types.Var)
				return defined, call.In != nil
			}
		}
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok && n.Value == call.CallExpr {
			if field, ok := info.Uses[id].(*types.Var); ok && field.IsField() {
				return field.Origin(), false
			}
		}
	}
	return nil, false
}

// unbound is a writer that nothing has a name for: what is written is lost.
func (f *finder) unbound(call *calls.Call, made maker) {
	outer, ok := call.Around[len(call.Around)-1].(*ast.CallExpr)
	if !ok {
		return
	}
	callee := syntax.Callee(call.Of.Info, outer)
	if callee == nil {
		return
	}
	name := syntax.FullName(callee)
	at, ok := passing[name]
	if !ok || at >= len(outer.Args) || outer.Args[at] != call.CallExpr {
		return
	}
	f.say(call.Pos(), fmt.Sprintf("%s is given to %s, and nothing calls its %s", call.Short(), syntax.ShortName(name), made.end),
		kept(call), fmt.Sprintf("give it a name: `w := %s(...)`, and `defer w.%s()`", call.Short(), made.end))
}

// local follows a variable through the function in which it is made.
func (f *finder) local(call *calls.Call, made maker, variable *types.Var) {
	body, results := around(call)
	uses := f.usesOf(call.Of, body, variable)
	isEnded, isWritten := false, false
	for _, what := range uses {
		switch what {
		case escapes, set:
			return
		case ended, deferred:
			isEnded = true
		case written:
			isWritten = true
		}
	}
	if !isWritten {
		return
	}
	name := variable.Name()
	if !isEnded {
		f.say(call.Pos(), fmt.Sprintf("%s makes %s, and nothing calls %s.%s", call.Short(), name, name, made.end),
			kept(call), fmt.Sprintf("after it: `defer %s.%s()`%s", name, made.end, before(name, made)))
		return
	}
	p := &path{
		f: f, of: call.Of, variable: variable, maker: call.CallExpr, uses: uses, results: results,
		lost: map[left]bool{},
	}
	out := p.block(body.List, unmade)
	if out&pending != 0 {
		p.lost[left{body.Rbrace, false}] = true
	}
	f.told(p, call, made, name)
}

// around returns the body of the innermost function in which a call stands.
func around(call *calls.Call) (*ast.BlockStmt, *types.Signature) {
	if literal := call.Literal(); literal != nil {
		signature, _ := call.Of.Info.TypeOf(literal).Underlying().(*types.Signature)
		return literal.Body, signature
	}
	return call.In.Body, call.Of.Info.Defs[call.In.Name].Type().(*types.Signature)
}

// told says where a writer is lost: at its maker where a function returns, else where the program
// ends.
func (f *finder) told(p *path, call *calls.Call, made maker, name string) {
	if p.lostWay || len(p.lost) == 0 {
		return
	}
	var places []left
	for each := range p.lost {
		places = append(places, each)
	}
	sort.Slice(places, func(i, j int) bool {
		a, b := places[i], places[j]
		return a.exit != b.exit && b.exit || a.exit == b.exit && a.pos < b.pos
	})
	first := places[0]
	line := f.subject.Program.Place(first.pos).Line
	if !first.exit {
		f.say(call.Pos(), fmt.Sprintf(
			"%s makes %s, which is left without %s.%s at line %d", call.Short(), name, name, made.end, line,
		), kept(call), fmt.Sprintf("after it: `defer %s.%s()`%s", name, made.end, before(name, made)))
		return
	}
	f.exits(first.pos, name, made, kept(call))
}

// exits says that the program ends in front of what is deferred.
func (f *finder) exits(pos token.Pos, name string, made maker, why string) {
	for _, call := range f.calls {
		if call.Pos() == pos {
			f.say(pos, fmt.Sprintf("%s ends the program, and what is in %s is lost", call.Short(), name),
				"nothing deferred runs at os.Exit, which log.Fatal calls too: "+why,
				fmt.Sprintf("before it: `%s.%s()`; or return to main, and exit there after it", name, made.end))
		}
	}
}

func before(name string, made maker) string {
	return fmt.Sprintf("; `%s.%s()` before os.Exit and log.Fatal, which run nothing deferred", name, made.end)
}

func kept(call *calls.Call) string {
	switch name := call.Name(); {
	case strings.HasPrefix(name, "bufio."):
		return "it keeps up to 4096 bytes, or what it is made for, until it is told to pass them on: the end " +
			"of the output is missing, or all of it, and no error says so"
	case strings.HasPrefix(name, "encoding/csv"):
		return "it writes through a buffer of 4096 bytes: the end of the output is missing, or all of it, " +
			"and no error says so"
	case strings.HasPrefix(name, "text/tabwriter"):
		return "it keeps lines until it knows how wide their cells are: the end of the output is missing, or " +
			"all of it, and no error says so"
	case strings.HasPrefix(name, "encoding/base64"):
		return "it keeps up to two bytes until there are three: the end of the output is missing, and no error says so"
	}
	return "it keeps what is not packed yet, and writes what ends the file when it is closed: who reads it " +
		"finds an unexpected end"
}

// say adds a finding, if it is not meant.
func (f *finder) say(pos token.Pos, what, why, fix string) {
	if f.subject.Silenced(Name, pos) {
		return
	}
	said := f.subject.At(Name, pos)
	said.What, said.Why, said.Fix = what, why, fix
	f.found = append(f.found, said)
}
