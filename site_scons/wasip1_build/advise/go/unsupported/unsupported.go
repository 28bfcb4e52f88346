// Package unsupported is the rule unsupported-call: calls that can run and that cannot work on
// wasip1, each with how it is reached.
package unsupported

import (
	"fmt"
	"go/types"
	"sort"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/fence"
	"wasip1.invalid/advisor/rule"
)

// Name is what users know the rule by.
const Name = "unsupported-call"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

// reached is a call of the table with the chain that leads to it.
type reached struct {
	row   row
	chain callgraph.Chain
	site  callgraph.Edge // the last of the chain in a source of the artifact's own; or the zero one
	also  []string       // what else is reached from there through another module
}

// elsewhere is what to do where no source of the artifact's own is on the way.
const elsewhere = "do without what needs it, or take a version of the program that leaves it out of " +
	"wasip1's build"

func find(subject *rule.Subject) []exchange.Finding {
	table := rowsFor(subject.Graph)
	isSink := func(node *callgraph.Node) bool {
		_, ok := rowOf(table, node)
		return ok
	}
	cut := func(edge callgraph.Edge) bool {
		return edge.From.Own() && subject.Ignores.Silences(Name, edge.Pos)
	}
	chains := subject.Graph.Chains(cut)
	var calls []callgraph.Edge
	leading := subject.Graph.LeadingTo(isSink)
	for _, edge := range subject.Graph.InOrder() {
		_, ok := chains[edge.From]
		switch {
		case cut(edge):
			if leading[edge.To] {
				subject.Ignores.Use(Name, edge.Pos)
			}
		case ok && isSink(edge.To):
			calls = append(calls, edge)
		}
	}
	calls = withoutImplied(calls)
	sort.Slice(calls, func(i, j int) bool {
		a, b := calls[i], calls[j]
		if x, y := len(chains[a.From]), len(chains[b.From]); x != y {
			return x < y
		}
		return a.Pos < b.Pos || a.Pos == b.Pos && a.To.Name() < b.To.Name()
	})
	var findings []exchange.Finding
	for _, each := range grouped(table, chains, calls) {
		findings = append(findings, finding(subject, each))
	}
	return findings
}

// withoutImplied leaves out what the standard library may call where the program calls it itself.
func withoutImplied(calls []callgraph.Edge) []callgraph.Edge {
	called := map[*callgraph.Node]bool{}
	for _, each := range calls {
		called[each.To] = called[each.To] || !each.Implied
	}
	var left []callgraph.Edge
	for _, each := range calls {
		if !each.Implied || !called[each.To] {
			left = append(left, each)
		}
	}
	return left
}

// grouped makes one of all that is reached through another module from the same place: the first,
// to which the chain is shortest.
func grouped(
	table map[string]row, chains map[*callgraph.Node]callgraph.Chain, calls []callgraph.Edge,
) []*reached {
	var found []*reached
	by := map[callgraph.Edge]*reached{}
	for _, call := range calls {
		chain := append(append(callgraph.Chain(nil), chains[call.From]...), call)
		site, _ := rule.LastOwn(chain) // none where the main package is another module's
		if first := by[site]; first != nil {
			first.also = append(first.also, call.To.Name())
			continue
		}
		of, _ := rowOf(table, call.To)
		by[site] = &reached{row: of, chain: chain, site: site}
		found = append(found, by[site])
	}
	return found
}

func finding(subject *rule.Subject, each *reached) exchange.Finding {
	name := each.chain[len(each.chain)-1].To.Name()
	said := exchange.Finding{Rule: Name, AtMost: "warning", Fix: elsewhere}
	said.What = fmt.Sprintf("%s cannot work on wasip1, and can be reached", name)
	if each.site.From != nil {
		said = subject.At(Name, each.site.Pos)
		said.AtMost = each.row.AtMost
		said.Fix = fix(subject, each)
		said.What = fmt.Sprintf("%s cannot work on wasip1, and can be reached from here", name)
		if each.site.To.Name() == name {
			said.What = fmt.Sprintf("%s cannot work on wasip1", name)
		}
	}
	if more := others(each.also, name); more != "" {
		said.What += " (nor can " + more + ")"
	}
	said.Why = each.row.Why
	if subject.Compiler == "go" {
		if each.row.Go != "" {
			said.Why += ", and " + each.row.Go
		}
		said.Why += "; there it " + did(each.row.Does)
	}
	if dragged := foreign(each.chain); dragged != "" {
		said.Why += "; it comes with " + dragged
	}
	if each.site.From != nil {
		function, _ := each.site.From.Object.(*types.Func)
		subject.Fences.Move(said, each.site.From.Of, function, each.row.Lack)
	}
	said.Details = subject.Chain(each.chain)
	return said
}

// did quotes the message with which a call fails or hangs, if there is one.
func did(does string) string {
	verb, message, ok := strings.Cut(does, ": ")
	if !ok {
		return verb
	}
	return fmt.Sprintf("%s: %q", verb, message)
}

func others(names []string, first string) string {
	seen := map[string]bool{first: true}
	var more []string
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			more = append(more, name)
		}
	}
	if len(more) > 3 {
		return fmt.Sprintf("%s and %d others", strings.Join(more[:3], ", "), len(more)-3)
	}
	return strings.Join(more, ", ")
}

// foreign returns the first package of another module in a chain, with that module.
func foreign(chain callgraph.Chain) string {
	for _, edge := range chain {
		if of := edge.From.Of; of != nil && of.Kind == exchange.Foreign {
			return fmt.Sprintf("%s of %s", of.Path, of.Module)
		}
	}
	return ""
}

// fix says what to write: a function in two files, of which wasip1 gets one.
func fix(subject *rule.Subject, each *reached) string {
	others, ours := fence.Names(subject.Program, each.site.Pos)
	var moved, twin string
	if function, ok := each.site.From.Object.(*types.Func); ok && fence.IsOrdinary(function) {
		moved = each.site.From.Name()
		twin = ":\n" + fence.Twin(subject.Program, each.site.From.Of, function, each.row.Lack)
	} else if each.site.From.Object == nil {
		moved = "what is initialised by it"
	} else {
		moved = "the call into a function of its own, and that"
	}
	text := fmt.Sprintf(
		"move %s into %s with `//go:build !wasip1`, and write its twin in %s with `//go:build "+
			"wasip1`, which returns a clear error%s\nor, where the program goes on without it: "+
			"//wasip1:ignore %s REASON",
		moved, others, ours, twin, Name,
	)
	if subject.Ignores.WithoutReason(Name, each.site.Pos) {
		text += " (the one that is there gives no reason, and so does not count)"
	}
	return text
}
