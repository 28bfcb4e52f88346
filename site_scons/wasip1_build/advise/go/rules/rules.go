// Package rules is the table of all rules, and asks those that are wanted.
package rules

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"sort"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/collector"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/exports"
	"wasip1.invalid/advisor/fence"
	"wasip1.invalid/advisor/flush"
	"wasip1.invalid/advisor/heavy"
	"wasip1.invalid/advisor/hostcall"
	"wasip1.invalid/advisor/ignore"
	"wasip1.invalid/advisor/output"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/unsupported"
	"wasip1.invalid/advisor/workerpool"
	"wasip1.invalid/advisor/wrongtool"
)

// All are the rules, in the order in which they are told.
var All = []rule.Rule{
	unsupported.Rule,
	output.Rule,
	flush.Rule,
	workerpool.Rule,
	wrongtool.Rule,
	heavy.Rule,
	hostcall.Rule,
	exports.Rule,
	collector.Rule,
}

// Answer asks the rules of a request about its main packages.
func Answer(asked *exchange.Request) (*exchange.Result, error) {
	wanted, known := map[string]bool{}, map[string]bool{}
	for _, name := range asked.Rules {
		wanted[name] = true
	}
	for _, each := range All {
		known[each.Name] = true
	}
	for name := range wanted {
		if !known[name] {
			return nil, fmt.Errorf("there is no rule %s; there are %s", name, strings.Join(names(), ", "))
		}
	}
	program := source.Load(asked)
	answer := &exchange.Result{Mains: []exchange.Found{}}
	for _, each := range asked.Packages {
		if each.Kind != exchange.Standard {
			answer.Files += len(each.Files)
		}
	}
	var everything []*source.Package
	closures := map[string][]*source.Package{}
	seen := map[*source.Package]bool{}
	for _, main := range asked.Mains {
		closures[main.Path] = program.Closure(main.Path)
		for _, each := range closures[main.Path] {
			if !seen[each] {
				seen[each] = true
				everything = append(everything, each)
			}
		}
	}
	ignores := ignore.Read(program, everything)
	fences := fence.New(program)
	for i, main := range asked.Mains {
		subject := &rule.Subject{
			Compiler: asked.Compiler,
			Main:     &asked.Mains[i],
			Program:  program,
			Packages: closures[main.Path],
			Graph:    callgraph.Build(program, main.Path, exportedFor(asked.Compiler)),
			Ignores:  ignores,

			Dependencies: asked.Dependencies,
			Fences:       fences,
		}
		answer.Mains = append(answer.Mains, about(main, subject, wanted))
	}
	if asked.Edits {
		mend(answer, fences, program)
	}
	if asked.Ignores {
		tell(answer, closures, asked.Mains, ignores.Judge(known, wanted), program)
	}
	return answer, nil
}

func names() []string {
	var found []string
	for _, each := range All {
		found = append(found, each.Name)
	}
	return found
}

// about asks the wanted rules about one artifact.
func about(main exchange.Main, subject *rule.Subject, wanted map[string]bool) exchange.Found {
	found := exchange.Found{
		Artifact: main.Artifact, Findings: []exchange.Finding{}, Unloaded: []exchange.Unloaded{},
	}
	for _, each := range subject.Packages {
		if each.Why != "" {
			found.Unloaded = append(found.Unloaded, exchange.Unloaded{Package: each.Path, Why: each.Why})
		}
	}
	for _, each := range All {
		if wanted[each.Name] {
			found.Findings = append(found.Findings, each.Find(subject)...)
		}
	}
	return found
}

// mend gives findings the edits that are made of all of them together, and notes of which sources
// the edits are.
func mend(answer *exchange.Result, fences *fence.Set, program *source.Program) {
	answer.Digests = map[string]string{}
	edited := map[string]bool{}
	for i := range answer.Mains {
		findings := answer.Mains[i].Findings
		for j := range findings {
			fences.Mend(&findings[j])
			for _, edit := range findings[j].Edits {
				edited[edit.File] = true
			}
		}
	}
	program.Texts(func(shown string, text []byte) {
		if edited[shown] {
			answer.Digests[shown] = fmt.Sprintf("%x", sha256.Sum256(text))
		}
	})
}

// tell says what there is to say of a file to the first artifact that it is compiled into.
func tell(
	answer *exchange.Result, closures map[string][]*source.Package, mains []exchange.Main,
	said []exchange.Finding, program *source.Program,
) {
	told := map[string]bool{}
	for i, main := range mains {
		files := map[string]bool{}
		for _, each := range closures[main.Path] {
			for _, file := range each.Files {
				if file != nil {
					files[program.File(file.Package)] = true
				}
			}
		}
		for _, finding := range said {
			key := fmt.Sprint(finding.File, ":", finding.Line)
			if files[finding.File] && !told[key] {
				told[key] = true
				answer.Mains[i].Findings = append(answer.Mains[i].Findings, finding)
			}
		}
		sort.SliceStable(answer.Mains[i].Findings, func(a, b int) bool {
			x, y := answer.Mains[i].Findings[a], answer.Mains[i].Findings[b]
			return x.File < y.File || x.File == y.File && x.Line < y.Line
		})
	}
}

// exportedFor tells how a compiler is told that the host may call a function. Go ignores TinyGo's
// //export.
func exportedFor(compiler string) func(*ast.FuncDecl) bool {
	forms := []string{"//go:wasmexport "}
	if compiler == "tinygo" {
		forms = append(forms, "//export ")
	}
	return func(declared *ast.FuncDecl) bool {
		if declared.Doc == nil {
			return false
		}
		for _, comment := range declared.Doc.List {
			for _, form := range forms {
				if strings.HasPrefix(comment.Text, form) {
					return true
				}
			}
		}
		return false
	}
}
