package wrongtool

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"strings"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
)

// inBrowser says once that a program is for a browser: it imports syscall/js, or the main package
// has only files for GOOS=js. Neither compiles for wasip1.
func inBrowser(subject *rule.Subject) []exchange.Finding {
	for i, each := range subject.Packages {
		if !subject.Looks(each) {
			continue
		}
		for _, file := range each.Files {
			if pos := importOf(file, "syscall/js"); pos.IsValid() {
				return browser(subject, pos, "syscall/js is what a browser gives a program: wasip1 has none of it")
			}
		}
		if pos := onlyForBrowsers(subject.Program, each); i == 0 && pos.IsValid() {
			return browser(subject, pos, "GOOS=js is what all files of this program are for, so that wasip1 gets none")
		}
	}
	return nil
}

func importOf(file *ast.File, path string) token.Pos {
	if file != nil {
		for _, spec := range file.Imports {
			if spec.Path.Value == `"`+path+`"` {
				return spec.Path.Pos()
			}
		}
	}
	return token.NoPos
}

// onlyForBrowsers returns where the first file of a package is that a browser gets and wasip1 does
// not; none where wasip1 gets one.
func onlyForBrowsers(program *source.Program, each *source.Package) token.Pos {
	if len(each.Files) > 0 {
		return token.NoPos
	}
	first := token.NoPos
	for _, name := range each.Ignored {
		file, err := parser.ParseFile(program.Fset, name, nil, parser.ParseComments|parser.PackageClauseOnly)
		switch {
		case err != nil || strings.HasSuffix(name, "_test.go") || isForNone(file):
		case !isForBrowser(file, name):
			return token.NoPos
		case !first.IsValid():
			first = file.Package
		}
	}
	return first
}

func isForBrowser(file *ast.File, name string) bool {
	stem := strings.TrimSuffix(name, ".go")
	if strings.HasSuffix(stem, "_js") || strings.HasSuffix(stem, "_js_wasm") {
		return true
	}
	line := buildLine(file)
	return line != nil && line.Eval(isOf("js")) && !line.Eval(isOf("wasip1")) && !line.Eval(isOf("linux"))
}

// isForNone tells whether no system gets a file, as with `//go:build ignore`.
func isForNone(file *ast.File) bool {
	line := buildLine(file)
	return line != nil && !line.Eval(isOf("js")) && !line.Eval(isOf("linux"))
}

// buildLine returns the condition under which a file is compiled; nil where it has none.
func buildLine(file *ast.File) constraint.Expr {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if group.Pos() < file.Package && constraint.IsGoBuild(comment.Text) {
				line, _ := constraint.Parse(comment.Text)
				return line
			}
		}
	}
	return nil
}

// isOf tells which build tags a system has.
func isOf(system string) func(string) bool {
	return func(tag string) bool {
		return tag == system || tag == "wasm" && system != "linux" || tag == "gc" ||
			tag == "unix" && system == "linux" || strings.HasPrefix(tag, "go1.")
	}
}

func browser(subject *rule.Subject, pos token.Pos, what string) []exchange.Finding {
	if subject.Silenced(Name, pos) {
		return nil
	}
	made := subject.At(Name, pos)
	made.Lower("warning")
	made.What = what
	made.Why = "WASI preview 1 knows files, clocks and arguments, and nothing of a page"
	made.Fix = "for a browser: GOOS=js GOARCH=wasm go build, and lib/wasm/wasm_exec.js of the same Go. For " +
		"wasip1: a main package of its own, that shares what computes; what needs syscall/js goes into files " +
		"with `//go:build js`"
	return []exchange.Finding{made}
}
