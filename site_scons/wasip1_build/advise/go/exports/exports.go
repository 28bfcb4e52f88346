// Package exports is the rule ignored-export: functions that are marked for the host, which cannot
// call them.
package exports

import (
	"fmt"
	"go/ast"
	"regexp"
	"runtime"
	"strings"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/hostcall"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
)

// Name is what users know the rule by.
const Name = "ignored-export"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

// What stands above a function for the host to call it. Go's compiler reads the first one only, from
// Go 1.24 on (cmd/compile/internal/noder); TinyGo all three (its compiler/symbol.go).
const (
	wasmexport = "//go:wasmexport"
	export     = "//export"
	goExport   = "//go:export"
)

// one is a name and nothing else: what cannot be prose.
var one = regexp.MustCompile(`^[ \t]+([\w.$-]+)[ \t]*$`)

// marked is a function with such a line.
type marked struct {
	declared *ast.FuncDecl
	form     string
	name     string
}

func find(subject *rule.Subject) []exchange.Finding {
	var findings []exchange.Finding
	for _, each := range subject.Packages {
		if !subject.Looks(each) || each.Why != "" {
			continue
		}
		for _, found := range inPackage(each) {
			said, ok := judge(subject, found)
			if !ok {
				continue
			}
			if !subject.Silenced(Name, found.declared.Name.Pos()) {
				findings = append(findings, said)
			}
		}
	}
	return findings
}

// inPackage returns the functions that are marked, each once: as the compiler reads it, if it does.
func inPackage(of *source.Package) []marked {
	var found []marked
	for _, file := range of.Files {
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok || function.Doc == nil || function.Body == nil {
				continue
			}
			var first *marked
			for _, comment := range function.Doc.List {
				made := read(function, comment)
				if made != nil && (first == nil || made.form == wasmexport) {
					first = made
				}
			}
			if first != nil {
				found = append(found, *first)
			}
		}
	}
	return found
}

func read(declared *ast.FuncDecl, comment *ast.Comment) *marked {
	for _, form := range []string{wasmexport, export, goExport} {
		rest, ok := strings.CutPrefix(comment.Text, form)
		if !ok {
			continue
		}
		if name := one.FindStringSubmatch(rest); name != nil {
			return &marked{declared, form, name[1]}
		}
	}
	return nil
}

func judge(subject *rule.Subject, found marked) (exchange.Finding, bool) {
	said := subject.At(Name, found.declared.Name.Pos())
	said.What = fmt.Sprintf("%s is not exported as %s", found.declared.Name.Name, found.name)
	switch {
	case subject.Compiler == "tinygo" && found.form != wasmexport:
		return said, false
	case found.form != wasmexport:
		said.Why = fmt.Sprintf("%s is TinyGo's: Go's compiler takes it for a comment, says nothing, and "+
			"the host finds no such export", found.form)
		said.Fix = fmt.Sprintf("write `%s %s`, which TinyGo knows too", wasmexport, found.name)
		if !knowsExports() {
			said.Fix += "; Go knows it from Go 1.24 on"
		}
	case subject.Compiler == "go" && !knowsExports():
		said.Why = fmt.Sprintf("%s knows no %s (Go 1.24 does): it takes it for a comment, and the host "+
			"finds no such export", runtime.Version(), wasmexport)
		said.Fix = `use Go 1.24 or later: [toolchain] go = "1.27.3"`
	case subject.Main.Kind == exchange.Reactor || hostcall.Any(subject):
		return said, false // while main runs, the host may call back
	default:
		said.What = fmt.Sprintf("%s is exported as %s from a command", found.declared.Name.Name, found.name)
		said.Why = whyCommand[subject.Compiler]
		said.Fix = `make it a reactor, of which the host calls exports: kind = "reactor" and ` +
			fmt.Sprintf(`exports = ["%s"] in wasip1.toml`, found.name)
	}
	return said, true
}

// Tried on Go 1.27.3 and TinyGo 0.42.0 with wasmtime 49.0.
var whyCommand = map[string]string{
	"go": "there is no moment for the host to call it: before _start it traps (\"wasmexport function called before " +
		"runtime initialization\"), main calls no function of the host from which it could be called " +
		"back, and when main returns the program ends itself with proc_exit",
	"tinygo": "there is no moment for the host to call it: main calls no function of the host from which it could " +
		"be called back, and afterwards it traps (\"//go:wasmexport function called after main.main " +
		"returned\")",
}

// knowsExports tells whether the compiler does. The advisor is compiled by the Go of the build.
func knowsExports() bool {
	for _, old := range []string{"go1.21", "go1.22", "go1.23"} {
		if version := runtime.Version(); version == old || strings.HasPrefix(version, old+".") {
			return false
		}
	}
	return true
}
