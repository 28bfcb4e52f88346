// Package output is the rule unbuffered-output: what is written, or read, by a call of the host for
// each item.
package output

import (
	"fmt"
	"go/ast"
	"go/types"
	"sort"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/loops"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/streams"
	"wasip1.invalid/advisor/syntax"
)

// Name is what users know the rule by.
const Name = "unbuffered-output"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

// looked is a program, and what is known of it.
type looked struct {
	subject *rule.Subject
	calls   []*calls.Call
	streams *streams.Set
	logged  streams.Stream
	loops   *loops.Set
	round   map[*callgraph.Node]callgraph.Chain // from a loop to each function that is called from one
	quiet   map[ast.Node]bool                   // loops and functions in which someone waits for each line
	ending  map[types.Object]bool               // functions that always end the program
	exits   map[*ast.CallExpr]bool              // calls that do
	bad     map[*callgraph.Node]bool            // see disturbing
	mended  map[*ast.FuncDecl][]exchange.Edit
}

// item is a call that does little, many times.
type item struct {
	*calls.Call
	stream streams.Stream
	chain  callgraph.Chain // from the loop in which it is; nil where that is around it, or there is none
	kind   string          // those of one kind in a function are told together
	does   string
	why    string
	fix    string
	atMost string
}

func find(subject *rule.Subject) []exchange.Finding {
	l := look(subject)
	written := l.written()
	by := map[*ast.FuncDecl][]item{}
	for _, each := range written {
		if each.stream.Base == streams.Stdout {
			by[each.In] = append(by[each.In], each)
		}
	}
	for function, items := range by {
		l.mended[function] = l.mend(items)
	}
	var findings []exchange.Finding
	for _, group := range l.groups(append(written, l.read()...)) {
		findings = append(findings, l.finding(group))
	}
	sort.SliceStable(findings, func(i, j int) bool {
		a, b := findings[i], findings[j]
		return a.File < b.File || a.File == b.File && a.Line < b.Line
	})
	return findings
}

func look(subject *rule.Subject) *looked {
	l := &looked{
		subject: subject,
		calls:   calls.Find(subject),
		streams: streams.Read(subject),
		loops:   loops.In(subject),
		exits:   map[*ast.CallExpr]bool{},
		mended:  map[*ast.FuncDecl][]exchange.Edit{},
	}
	l.ending = calls.Ending(l.calls)
	for _, call := range l.calls {
		l.exits[call.CallExpr] = syntax.Exits(call.Name()) || l.ending[call.Callee]
	}
	l.logged = l.streams.Logged(l.calls)
	l.quiet = l.waiting()
	l.round = l.rounds()
	return l
}

// written are the calls that write a little at a time.
func (l *looked) written() []item {
	var found []item
	for _, call := range l.calls {
		stream := l.streams.Written(call, l.logged)
		if stream.Base == "" || stream.Base == streams.Stdin || isLog(stream) && stream.Base != streams.Stdout {
			continue
		}
		made := item{Call: call, stream: stream, kind: stream.Base, why: each(call.Name(), stream)}
		made.does = does(stream)
		made.fix = l.buffered(made)
		chain, ok := l.repeated(call)
		switch {
		case l.isQuiet(call, chain):
		case ok && l.isItem(call) && !l.isSynced(call, stream):
			made.chain = chain
			if !l.isEach(made) {
				found = append(found, made)
			}
		case isTemplate(call.Name()):
			made.kind, made.atMost = "note", "note" // how many pieces it has is not known
			found = append(found, made)
		}
	}
	return found
}

func isLog(stream streams.Stream) bool { return strings.HasPrefix(stream.Through, "log") }

func isTemplate(name string) bool { return strings.Contains(name, "/template.Template).Execute") }

// each says what one call costs.
func each(name string, stream streams.Stream) string {
	switch {
	case isTemplate(name):
		return "a template writes each piece of text and each value by itself, and each is a call of the " +
			"host (fd_write): measured, 4 for a row `{{.A}} is {{.B}}`, in place of one for 4096 bytes"
	case stream.Through == "text/tabwriter.NewWriter":
		return "a tabwriter lays out its cells and then writes each and its padding by itself, and each is " +
			"a call of the host (fd_write): measured, 4 for a row of two cells, in place of one for 4096 bytes"
	}
	return "each is a call of the host (fd_write); measured on wasmtime, a line takes 4 to 6 times as long " +
		"as through a bufio.Writer, which makes one call for 4096 bytes"
}

// buffered says what to write.
func (l *looked) buffered(of item) string {
	to := "os.Stdout"
	if of.stream.Base == streams.File {
		to = "the file"
	}
	text := fmt.Sprintf("before the loop: `out := bufio.NewWriter(%s)` and `defer out.Flush()`; ", to)
	switch name := of.Name(); {
	case isTemplate(name):
		text = strings.Replace(text, "before the loop", "before it", 1) + "then give it out in the place of " + to
	case strings.HasPrefix(name, "fmt.Print"):
		text += fmt.Sprintf("in it: `fmt.F%s(out, ...)`", strings.ToLower(name[4:5])+name[5:])
	case of.stream.Through != "":
		maker := syntax.ShortName(of.stream.Through)
		text += fmt.Sprintf("and %s on out", maker)
	case strings.HasPrefix(name, "(*os.File).") || strings.HasPrefix(name, "(io."):
		text += "in it: `out." + of.Callee.Name() + "(...)`"
	default:
		text += fmt.Sprintf("in it: `%s(out, ...)`", syntax.ShortName(name))
	}
	return text
}

// groups puts the items of one function together, without those that are silenced: what is said at
// the first of them, or against it, holds for all.
func (l *looked) groups(items []item) [][]item {
	type key struct {
		in   *ast.FuncDecl
		kind string
	}
	var order []key
	by, silent := map[key][]item{}, map[key]bool{}
	for _, each := range items {
		group := key{each.In, each.kind}
		isFirst := len(by[group]) == 0
		switch {
		case l.subject.Ignores.Silences(Name, each.Pos()):
			l.subject.Ignores.Use(Name, each.Pos())
			silent[group] = silent[group] || isFirst
		case !silent[group]:
			if isFirst {
				order = append(order, group)
			}
			by[group] = append(by[group], each)
		}
	}
	var found [][]item
	for _, each := range order {
		found = append(found, by[each])
	}
	return found
}

func (l *looked) finding(group []item) exchange.Finding {
	first := group[0]
	said := l.subject.At(Name, first.Pos())
	said.Lower(first.atMost)
	said.Why, said.Fix = first.why, first.fix
	said.What = fmt.Sprintf("%s %s", first.Short(), first.does)
	switch {
	case first.chain != nil:
		said.What += ", and is called in a loop"
		said.Fix = strings.Replace(said.Fix, "before the loop: ", "before the loop, and handed on from there: ", 1)
	case first.atMost == "":
		said.What += ", in a loop"
	}
	if len(group) > 1 {
		said.What += fmt.Sprintf(" (and %s in this function)", others(len(group)-1))
	}
	if first.chain != nil {
		said.Details = l.subject.Chain(first.chain)
	}
	if first.stream.Base == streams.Stdout && first.Of.Kind == exchange.Own {
		said.Edits = l.mended[first.In]
	}
	return said
}

func others(count int) string {
	if count == 1 {
		return "one other"
	}
	return fmt.Sprintf("%d others", count)
}

// does says what is wrong with a call that writes.
func does(stream streams.Stream) string {
	switch {
	case stream.Through == "text/tabwriter.NewWriter":
		return "writes to " + stream.Base + " through a tabwriter without a buffer behind it"
	case isLog(stream):
		return "logs to " + stream.Base + " without a buffer"
	}
	return "writes to " + stream.Base + " without a buffer"
}
