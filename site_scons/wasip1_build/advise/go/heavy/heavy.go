// Package heavy is the rule heavy-import: packages that are linked for little that is used of them,
// and that would not be linked without it.
package heavy

import (
	"fmt"
	"strings"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
)

// Name is what users know the rule by.
const Name = "heavy-import"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

// shown is how many uses a finding tells what to write for.
const shown = 4

func find(subject *rule.Subject) []exchange.Finding {
	if subject.Compiler != "go" || len(subject.Packages) == 0 {
		return nil // TinyGo leaves out more, and its modules were not measured
	}
	rows := table()
	found := mentionsOf(subject, rows)
	light := map[string]*imported{}
	for _, each := range rows {
		if of := found[each.Package]; of.isLight(subject, each, found) {
			light[each.Package] = &imported{row: each, mentions: of}
		}
	}
	graph := graphOf(subject)
	kept := map[string]*imported{}
	for path := range graph.removable(light) {
		of := light[path]
		if !silenced(subject, of) {
			kept[path] = of
		}
	}
	left := graph.removable(kept)
	var findings []exchange.Finding
	for _, each := range rows {
		if left[each.Package] {
			of := kept[each.Package]
			findings = append(findings, finding(subject, of, graph.others(each.Package, left), left))
		}
	}
	return findings
}

// imported is a package of the table of which the program uses nothing else than what is light.
type imported struct {
	row      row
	mentions *mentions
}

// silenced tells whether one of its import lines is exempt: then the package stays.
func silenced(subject *rule.Subject, of *imported) bool {
	found := false
	for _, line := range of.mentions.lines {
		found = subject.Silenced(Name, line.pos) || found
	}
	return found
}

// finding says it of one package; `others` of those that are `left` need it, too.
func finding(
	subject *rule.Subject, of *imported, others []string, left map[string]bool,
) exchange.Finding {
	first := of.mentions.lines[0]
	said := subject.At(Name, first.pos)
	said.Package = of.row.Package
	for _, line := range of.mentions.lines {
		said.Lower(subject.At(Name, line.pos).AtMost) // another module's needs a change, too
	}
	said.What = of.row.Package + " is imported only for " + of.row.For
	said.Why = "nothing else in this program needs it"
	if len(others) > 0 {
		said.Why += " but " + strings.Join(others, " and ") + ", of which the same is said"
	}
	said.Why += "; " + of.row.Saved.text()
	for _, path := range of.row.With {
		if left[path] {
			said.Why += ", most of it " + path + ", of which the same is said"
		}
	}
	said.Fix = fix(subject, of)
	if more := subject.Unreasoned(Name, first.pos); more != "" {
		said.Fix += "\n" + more
	}
	said.Details = details(subject, of)
	return said
}

// fix tells what to write: for the package, and for uses of which that is known to the letter.
func fix(subject *rule.Subject, of *imported) string {
	var lines []string
	if of.row.Write != "" {
		lines = append(lines, of.row.Write)
	}
	more := 0
	for _, each := range of.mentions.uses {
		written := of.row.written(each)
		if written == "" {
			continue
		}
		if len(lines) >= shown {
			more++
			continue
		}
		place := subject.Program.Place(each.pos)
		lines = append(lines, fmt.Sprintf(
			"for %s in %s:%d: %s", each.shown(), place.Filename, place.Line, written,
		))
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and alike for %d more", more))
	}
	return strings.Join(lines, "\n")
}

// details are the other places of which the import is made up.
func details(subject *rule.Subject, of *imported) string {
	var lines []string
	for _, line := range of.mentions.lines[1:] {
		place := subject.Program.Place(line.pos)
		lines = append(lines, fmt.Sprintf("  also imported in %s:%d", place.Filename, place.Line))
	}
	return strings.Join(lines, "\n")
}
