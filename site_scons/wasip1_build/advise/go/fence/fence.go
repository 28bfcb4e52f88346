// Package fence moves functions that cannot work on wasip1 out of its build: into a file for the
// other systems, beside a file with twins for wasip1 that return a clear error.
package fence

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/token"
	"go/types"
	"os"
	slashed "path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
)

// Set is all that is to be moved of a program, and which findings asked for it.
type Set struct {
	program *source.Program
	files   map[*ast.File]*file
	asked   map[place]*request
}

type place struct {
	rule, file   string
	line, column int
}

// request is what one finding asked for: `why` it cannot be had, or the file of the function.
type request struct {
	of  *file
	why string
}

// file is one from which functions are moved, each for the lack of something.
type file struct {
	of     *source.Package
	syntax *ast.File
	text   []byte
	path   string // absolute
	shown  string
	moved  map[*ast.FuncDecl]string
	edits  []exchange.Edit // once they were made
	why    string          // they cannot be made; or ""
	made   bool
}

// New returns an empty set.
func New(program *source.Program) *Set {
	return &Set{program, map[*ast.File]*file{}, map[place]*request{}}
}

// Move asks, for a finding, that the function in which it is be moved. `function` is nil where it is
// in no function; `lack` is what wasip1 does not have.
func (s *Set) Move(found exchange.Finding, of *source.Package, function *types.Func, lack string) {
	asked := &request{}
	s.asked[placeOf(found)] = asked
	if function == nil {
		asked.why = "a variable is initialised by it: that is in no function that could be moved"
		return
	}
	syntax, declared := of.Declaration(function)
	text, path, ok := s.program.Text(function.Pos())
	if declared == nil || !ok {
		asked.why = "its function is not in the sources"
		return
	}
	if asked.why = unmovable(function, syntax, declared, text, path); asked.why != "" {
		return
	}
	if s.files[syntax] == nil {
		s.files[syntax] = &file{
			of: of, syntax: syntax, text: text, path: path, shown: s.program.File(function.Pos()),
			moved: map[*ast.FuncDecl]string{},
		}
	}
	asked.of = s.files[syntax]
	if _, known := asked.of.moved[declared]; !known {
		asked.of.moved[declared] = lack
	}
}

// Mend gives a finding its edits, once all have asked, or says why it has none.
func (s *Set) Mend(found *exchange.Finding) {
	asked := s.asked[placeOf(*found)]
	if asked == nil {
		return
	}
	if asked.of == nil {
		found.Unmade = asked.why
		return
	}
	if !asked.of.made {
		asked.of.made = true
		asked.of.edits, asked.of.why = s.edits(asked.of)
	}
	found.Edits, found.Unmade = asked.of.edits, asked.of.why
}

func placeOf(found exchange.Finding) place {
	return place{found.Rule, found.File, found.Line, found.Column}
}

// unmovable returns why a function cannot be moved into another file, or has no twin; "" if it can.
func unmovable(
	function *types.Func, syntax *ast.File, declared *ast.FuncDecl, text []byte, path string,
) string {
	name := function.Name()
	signature := function.Type().(*types.Signature)
	switch {
	case !IsOrdinary(function):
		return fmt.Sprintf("func %s is there once: give the call a function of its own that returns an error", name)
	case !utf8.Valid(text):
		return "the file is not UTF-8"
	case ast.IsGenerated(syntax):
		return "the file is generated: what generates it would write the call again"
	case importsC(syntax):
		return "the file imports C"
	case declared.Body == nil:
		return fmt.Sprintf("%s has no body in Go", name)
	case firstError(signature.Results()) < 0:
		return fmt.Sprintf("%s returns no error with which a twin could say that it cannot: let it return one", name)
	}
	if directive := directiveOf(declared); directive != "" {
		return fmt.Sprintf("%s has the directive %s", name, directive)
	}
	stem := strings.TrimSuffix(filepath.Base(path), ".go")
	for _, suffix := range []string{"_wasip1", "_wasm"} {
		if strings.HasSuffix(stem, suffix) {
			return "the file is wasip1's own by its name: write there what returns the error"
		}
	}
	built, err := constraintOf(syntax)
	if err != nil {
		return fmt.Sprintf("its build line is not understood: %v", err)
	}
	if built != nil && mentions(built, "wasip1", "wasm") {
		return "the file's build line speaks of wasip1 already: write there what returns the error"
	}
	return ""
}

// IsOrdinary returns whether there may be another function of this name in another file.
func IsOrdinary(function *types.Func) bool {
	receiver := function.Type().(*types.Signature).Recv()
	return receiver != nil || function.Name() != "main" && function.Name() != "init" && function.Name() != "_"
}

func importsC(syntax *ast.File) bool {
	for _, each := range syntax.Imports {
		if each.Path.Value == `"C"` {
			return true
		}
	}
	return false
}

func directiveOf(declared *ast.FuncDecl) string {
	if declared.Doc == nil {
		return ""
	}
	for _, each := range declared.Doc.List {
		for _, form := range []string{"//go:", "//export "} {
			if strings.HasPrefix(each.Text, form) {
				return strings.Fields(each.Text)[0]
			}
		}
	}
	return ""
}

// constraintOf returns what the build line of a file asks for; nil where it has none.
func constraintOf(syntax *ast.File) (constraint.Expr, error) {
	var old string
	for _, group := range syntax.Comments {
		if group.Pos() > syntax.Package {
			break
		}
		for _, each := range group.List {
			if constraint.IsGoBuild(each.Text) {
				return constraint.Parse(strings.TrimSpace(each.Text))
			}
			if constraint.IsPlusBuild(each.Text) {
				old = each.Text
			}
		}
	}
	if old != "" {
		return nil, fmt.Errorf("%s is of before Go 1.17", old)
	}
	return nil, nil
}

func mentions(built constraint.Expr, tags ...string) bool {
	switch each := built.(type) {
	case *constraint.AndExpr:
		return mentions(each.X, tags...) || mentions(each.Y, tags...)
	case *constraint.OrExpr:
		return mentions(each.X, tags...) || mentions(each.Y, tags...)
	case *constraint.NotExpr:
		return mentions(each.X, tags...)
	case *constraint.TagExpr:
		for _, tag := range tags {
			if each.Tag == tag {
				return true
			}
		}
	}
	return false
}

// Names returns what the two files are called into which functions of a file are moved, as findings
// name it: for the other systems, and for wasip1. There are none of these names yet.
func Names(program *source.Program, pos token.Pos) (others, ours string) {
	_, path, _ := program.Text(pos)
	others, ours = names(path)
	directory := slashed.Dir(program.File(pos))
	return slashed.Join(directory, filepath.Base(others)), slashed.Join(directory, filepath.Base(ours))
}

func names(path string) (others, ours string) {
	stem := strings.TrimSuffix(path, ".go")
	for i := 1; ; i++ {
		number := ""
		if i > 1 {
			number = fmt.Sprint("_", i)
		}
		others, ours = stem+number+"_other.go", stem+number+"_wasip1.go"
		if isFree(others) && isFree(ours) {
			return others, ours
		}
	}
}

func isFree(path string) bool {
	_, err := os.Lstat(path)
	return os.IsNotExist(err)
}

// firstError returns the index of the first result that is an error; -1 where none is.
func firstError(results *types.Tuple) int {
	for i := 0; i < results.Len(); i++ {
		if isError(results.At(i).Type()) {
			return i
		}
	}
	return -1
}

func isError(of types.Type) bool {
	return types.Identical(of, types.Universe.Lookup("error").Type())
}

// between returns the source of a node.
func (s *Set) between(text []byte, from, to token.Pos) string {
	return string(text[s.offset(from):s.offset(to)])
}

func (s *Set) offset(pos token.Pos) int { return s.program.Fset.PositionFor(pos, false).Offset }
