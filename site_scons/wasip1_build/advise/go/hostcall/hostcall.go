// Package hostcall is the rule per-item-host-call: functions of the host that are called once for each
// item, that are given what the host cannot read, or an address that does not outlive the call.
package hostcall

import (
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
)

// Name is what users know the rule by.
const Name = "per-item-host-call"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

func find(subject *rule.Subject) []exchange.Finding {
	known := functions(subject)
	edges := toHost(subject, known)
	var findings []exchange.Finding
	if len(edges) > 0 {
		findings = perItem(subject, known, edges)
	}
	if subject.Compiler != "go" {
		return findings // TinyGo's pointers have the host's size, and its stacks do not move
	}
	findings = append(findings, boundary(subject, edges)...)
	return append(findings, lifetimes(subject, edges)...)
}
