// Package workerpool is the rule worker-pool: goroutines that share work for the CPU, of which there
// is one. Those that wait for something outside are left alone.
package workerpool

import (
	"fmt"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
)

// Name is what users know the rule by.
const Name = "worker-pool"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

// Measured with Go 1.27.3 and wasmtime 49.0.3, of bench/claims/programs/jobs: the medians of nine
// pairs of runs, the CPU time of a pool to that of a loop over the same items.
const (
	thread = "wasip1 has one thread: goroutines take turns on it, and each item is handed over. "
	one    = "runtime.NumCPU() is 1 there, and runtime.GOMAXPROCS(8) leaves it so: a pool by that number is one worker. "
	costs1 = "One worker, measured, took 0.99 times the CPU time of a loop where an item takes 2 ms, 1.1 " +
		"times for 30 us, 2.5 times for 3 us"
	costs8 = "8 workers, measured, took 1.04 times the CPU time of a loop where an item takes 2 ms, 1.1 " +
		"times for 30 us, 2.1 times for 3 us"
)

func find(subject *rule.Subject) []exchange.Finding {
	findings := []exchange.Finding{}
	for _, each := range Pools(subject) {
		pos := each.Start.Pos()
		if subject.Silenced(Name, pos) {
			continue
		}
		said := subject.At(Name, pos)
		said.What = fmt.Sprintf("%s workers for what only needs the CPU, where there is one thread", each.Size)
		said.Why = thread + costs8
		if each.PerCPU {
			said.Why = thread + one + costs1
		}
		said.Fix = fix(subject, each)
		findings = append(findings, said)
	}
	return findings
}

// fix says how wasip1 gets a loop and others keep the pool.
func fix(subject *rule.Subject, each Pool) string {
	stem := strings.TrimSuffix(subject.Program.Place(each.Start.Pos()).Filename, ".go")
	text := "leave the pool to native builds: before it begins,\nif runtime.GOOS == \"wasip1\" { " +
		"// decided when it is compiled\n\tfor each item { do its work here }" + leaves(each) + "\n}\n"
	if function, ok := each.Node.Object.(*types.Func); ok && function.Name() != "main" {
		text += fmt.Sprintf(
			"or move %s into %s_other.go with `//go:build !wasip1`, and write its twin with a loop in "+
				"%s_wasip1.go with `//go:build wasip1`", each.Node.Name(), stem, stem,
		)
	} else {
		text += fmt.Sprintf(
			"or a function of its own for it, in %s_other.go with `//go:build !wasip1`, and with a loop "+
				"in %s_wasip1.go with `//go:build wasip1`", stem, stem,
		)
	}
	if more := subject.Unreasoned(Name, each.Start.Pos()); more != "" {
		text += " " + more
	}
	return text
}

func leaves(each Pool) string {
	if function, ok := each.Node.Object.(*types.Func); ok {
		if results := function.Type().(*types.Signature).Results(); results.Len() > 0 {
			return "\n\treturn its result"
		}
	}
	return "\n\treturn"
}
