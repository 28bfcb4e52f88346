package exports

import (
	"go/ast"
	"os"
	"path/filepath"
	"testing"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/ignore"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
)

// found are the names of the functions that are found in a file, by a compiler.
func found(t *testing.T, compiler, kind, text string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte("package main\n\nfunc main() {}\n\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	program := source.Load(&exchange.Request{Packages: []exchange.Package{
		{Path: "example.com/m", Kind: exchange.Own, Files: []string{file}, GoVersion: "1.24"},
	}})
	packages := program.Closure("example.com/m")
	subject := &rule.Subject{
		Compiler: compiler,
		Main:     &exchange.Main{Kind: kind},
		Program:  program,
		Packages: packages,
		Graph:    callgraph.Build(program, "example.com/m", func(*ast.FuncDecl) bool { return true }),
		Ignores:  ignore.Read(program, packages),
	}
	var names []string
	for _, each := range find(subject) {
		names = append(names, each.What)
	}
	return names
}

func TestWhatTinyGoExports(t *testing.T) {
	for _, text := range []string{
		"//export run\nfunc run() {}\n",
		"//go:export run\nfunc run() {}\n",
	} {
		if names := found(t, "tinygo", "command", text); len(names) != 0 {
			t.Errorf("%s: %v", text, names)
		}
		if names := found(t, "go", "command", text); len(names) != 1 {
			t.Errorf("%s: %v", text, names)
		}
	}
	text := "//go:wasmexport run\nfunc run() {}\n"
	if names := found(t, "tinygo", "command", text); len(names) != 1 {
		t.Error(names)
	}
	if names := found(t, "tinygo", exchange.Reactor, text); len(names) != 0 {
		t.Error(names)
	}
}
