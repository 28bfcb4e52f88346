// Package output is the rule unbuffered-output: what is written, or read, by a call of the host for
// each item.
package output

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/loops"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/streams"
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
	at      map[ast.Node]*calls.Call
}

// item is a call that does little, many times.
type item struct {
	*calls.Call
	stream streams.Stream
	chain  callgraph.Chain // from the loop in which it is; nil where that is around it, or there is none
	why    string
	fix    string
	atMost string
}

func find(subject *rule.Subject) []exchange.Finding {
	l := look(subject)
	var findings []exchange.Finding
	for _, group := range l.groups(append(l.written(), l.read()...)) {
		findings = append(findings, l.finding(group))
	}
	return findings
}

func look(subject *rule.Subject) *looked {
	l := &looked{
		subject: subject,
		calls:   calls.Find(subject),
		streams: streams.Read(subject),
		loops:   loops.Find(subject.Graph, own(subject)),
		at:      map[ast.Node]*calls.Call{},
	}
	for _, each := range l.calls {
		l.at[each.CallExpr] = each
	}
	l.logged = l.streams.Logged(l.calls)
	l.quiet = l.waiting()
	l.round = l.rounds()
	return l
}

func own(subject *rule.Subject) []*source.Package {
	var found []*source.Package
	for _, each := range subject.Packages {
		if each.Kind == exchange.Own {
			found = append(found, each)
		}
	}
	return found
}

// written are the calls that write a little at a time.
func (l *looked) written() []item {
	var found []item
	for _, call := range l.calls {
		stream := l.streams.Written(call, l.logged)
		if stream.Base == "" || stream.Base == streams.Stdin || isLog(stream) && stream.Base != streams.Stdout {
			continue
		}
		made := item{Call: call, stream: stream, why: each(call.Name(), stream)}
		made.fix = l.buffered(made)
		chain, ok := l.repeated(call)
		switch {
		case l.isQuiet(call, chain):
		case ok && l.isItem(call) && !l.isSynced(call, stream):
			made.chain = chain
			found = append(found, made)
		case isTemplate(call.Name()):
			made.atMost = "note" // how many pieces it has is not known
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
		maker := of.stream.Through[strings.LastIndex(of.stream.Through, "/")+1:]
		text += fmt.Sprintf("and %s on out", maker)
	case strings.HasPrefix(name, "(*os.File).") || strings.HasPrefix(name, "(io."):
		text += "in it: `out." + of.Callee.Name() + "(...)`"
	default:
		text += fmt.Sprintf("in it: `%s(out, ...)`", name[strings.LastIndex(name, "/")+1:])
	}
	return text
}

// groups puts the items of one function together, without those that are silenced: what is said at
// the first of them, or against it, holds for all.
func (l *looked) groups(items []item) [][]item {
	var order []any
	by := map[any][]item{}
	for _, each := range items {
		if l.subject.Ignores.Silences(Name, each.Pos()) {
			l.subject.Ignores.Use(Name, each.Pos())
			if key := keyOf(each); by[key] == nil {
				by[key] = []item{}
				order = append(order, key)
			}
			continue
		}
		key := keyOf(each)
		if by[key] == nil {
			order = append(order, key)
		} else if len(by[key]) == 0 {
			continue // the first is silenced
		}
		by[key] = append(by[key], each)
	}
	var found [][]item
	for _, key := range order {
		if len(by[key]) > 0 {
			found = append(found, by[key])
		}
	}
	return found
}

// keyOf is the same for what is told together.
func keyOf(of item) any {
	return [2]any{ast.Node(of.In), of.stream.Base + of.atMost + of.why[:1]}
}

func (l *looked) finding(group []item) exchange.Finding {
	first := group[0]
	said := l.subject.At(Name, first.Pos())
	said.AtMost = first.atMost
	said.Why, said.Fix = first.why, first.fix
	said.What = fmt.Sprintf("%s %s", shortName(first.Call), does(first))
	if len(group) > 1 {
		said.What += fmt.Sprintf(" (and %s in this function)", others(len(group)-1))
	}
	if first.chain != nil {
		said.Details = l.subject.Chain(first.chain)
	}
	if first.why == each(first.Name(), first.stream) {
		l.mend(&said, group)
	}
	return said
}

func others(count int) string {
	if count == 1 {
		return "one other"
	}
	return fmt.Sprintf("%d others", count)
}

// does says what is wrong with a call.
func does(of item) string {
	if of.stream.Base == streams.Stdin || isReading(of.Name()) {
		return "reads"
	}
	text := "writes to " + of.stream.Base + " without a buffer"
	switch {
	case of.stream.Through == "text/tabwriter.NewWriter":
		text = "writes to " + of.stream.Base + " through a tabwriter without a buffer behind it"
	case isLog(of.stream):
		text = "logs to " + of.stream.Base + " without a buffer"
	}
	if of.chain != nil {
		return text + ", and is called in a loop"
	}
	if of.atMost != "" {
		return text
	}
	return text + ", in a loop"
}

// shortName is how a source names what is called.
func shortName(call *calls.Call) string {
	if call.Receiver() != nil {
		text := types.ExprString(call.Receiver())
		if len(text) < 40 && !strings.Contains(text, " ") {
			return text + "." + call.Callee.Name()
		}
	}
	name := call.Name()
	return name[strings.LastIndex(name, "/")+1:]
}
