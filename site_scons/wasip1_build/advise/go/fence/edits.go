package fence

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/format"
	"go/types"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"wasip1.invalid/advisor/exchange"
)

// edits returns what moves all functions of a file that are to be moved: the same for each finding
// in it. Or why that cannot be done. The three files are tried as the compiler would see them.
func (s *Set) edits(f *file) ([]exchange.Edit, string) {
	var moved []*ast.FuncDecl
	for each := range f.moved {
		moved = append(moved, each)
	}
	sort.Slice(moved, func(i, j int) bool { return moved[i].Pos() < moved[j].Pos() })
	cuts, why := s.cuts(f, moved)
	if why != "" {
		return nil, why
	}
	others, ours := names(f.path)
	theirs, err := s.others(f, moved, cuts)
	if err != nil {
		return nil, err.Error()
	}
	twins, err := s.twins(f, moved, filepath.Base(others))
	if err != nil {
		return nil, err.Error()
	}
	unused, why := s.unusedImports(f)
	if why != "" {
		return nil, why
	}
	cuts = merged(f.text, append(cuts, unused...))
	left := without(f.text, cuts)
	for _, added := range []map[string][]byte{
		{f.path: left, others: theirs},
		{f.path: left, ours: twins},
	} {
		if err := s.program.Try(f.of, added); err != nil {
			if found, ok := err.(types.Error); ok {
				return nil, "its file would not compile without it: " + found.Msg
			}
			return nil, "its file would not compile without it"
		}
	}
	directory := path.Dir(f.shown)
	return append(
		changes(f, cuts, left),
		exchange.Edit{File: path.Join(directory, filepath.Base(others)), Text: string(theirs)},
		exchange.Edit{File: path.Join(directory, filepath.Base(ours)), Text: string(twins)},
	), ""
}

// cut is bytes of a file, whole lines.
type cut struct{ from, to int }

// changes are the edits of the file itself. Where cutting alone leaves what gofmt would write
// otherwise, and it was as gofmt writes it, all of it is put in the place of all.
func changes(f *file, cuts []cut, left []byte) []exchange.Edit {
	if was, err := format.Source(f.text); err == nil && bytes.Equal(was, f.text) {
		if now, err := format.Source(left); err == nil && !bytes.Equal(now, left) {
			return []exchange.Edit{{File: f.shown, From: 0, To: len(f.text), Text: string(now)}}
		}
	}
	var made []exchange.Edit
	for _, each := range cuts {
		made = append(made, exchange.Edit{File: f.shown, From: each.from, To: each.to})
	}
	return made
}

// merged makes one of cuts that touch each other. No empty line is left at the end of the file.
func merged(text []byte, cuts []cut) []cut {
	sort.Slice(cuts, func(i, j int) bool { return cuts[i].from < cuts[j].from })
	var made []cut
	for _, each := range cuts {
		if last := len(made) - 1; last >= 0 && each.from <= made[last].to {
			each = cut{made[last].from, max(made[last].to, each.to)}
			if each.to == len(text) {
				each = behind(text, each)
			}
			made[last] = each
			continue
		}
		made = append(made, each)
	}
	return made
}

func without(text []byte, cuts []cut) []byte {
	var left []byte
	at := 0
	for _, each := range cuts {
		left = append(left, text[at:each.from]...)
		at = each.to
	}
	return append(left, text[at:]...)
}

// cuts are the lines of functions with their comments, and the empty ones behind them.
func (s *Set) cuts(f *file, moved []*ast.FuncDecl) ([]cut, string) {
	var cuts []cut
	for _, each := range moved {
		start := each.Pos()
		if each.Doc != nil {
			start = each.Doc.Pos()
		}
		found, ok := lines(f.text, s.offset(start), s.offset(each.End()))
		if !ok {
			return nil, fmt.Sprintf("%s shares a line with something else", each.Name.Name)
		}
		cuts = append(cuts, behind(f.text, found))
	}
	return cuts, ""
}

// lines widens some bytes to whole lines; false where there is more on them than a comment.
func lines(text []byte, from, to int) (cut, bool) {
	start := bytes.LastIndexByte(text[:from], '\n') + 1
	end := len(text)
	if i := bytes.IndexByte(text[to:], '\n'); i >= 0 {
		end = to + i + 1
	}
	before, after := bytes.TrimSpace(text[start:from]), bytes.TrimSpace(text[to:end])
	return cut{start, end}, len(before) == 0 && (len(after) == 0 || bytes.HasPrefix(after, []byte("//")))
}

// behind adds the empty lines after some lines; at the end of the file those before them.
func behind(text []byte, of cut) cut {
	for of.to < len(text) {
		end := len(text)
		if i := bytes.IndexByte(text[of.to:], '\n'); i >= 0 {
			end = of.to + i + 1
		}
		if len(bytes.TrimSpace(text[of.to:end])) > 0 {
			return of
		}
		of.to = end
	}
	for of.from > 0 {
		start := bytes.LastIndexByte(text[:of.from-1], '\n') + 1
		if len(bytes.TrimSpace(text[start:of.from])) > 0 {
			return of
		}
		of.from = start
	}
	return of
}

// others is the file for the other systems: the functions as they are written.
func (s *Set) others(f *file, moved []*ast.FuncDecl, cuts []cut) ([]byte, error) {
	var nodes []ast.Node
	var bodies []string
	for i, each := range moved {
		nodes = append(nodes, each)
		bodies = append(bodies, strings.TrimSpace(string(f.text[cuts[i].from:cuts[i].to])))
	}
	not := &constraint.NotExpr{X: &constraint.TagExpr{Tag: "wasip1"}}
	return s.file(f, not, s.used(f, nodes), bodies)
}

// twins is the file for wasip1.
func (s *Set) twins(f *file, moved []*ast.FuncDecl, others string) ([]byte, error) {
	var nodes []ast.Node
	for _, each := range moved {
		nodes = append(nodes, each.Type)
		if each.Recv != nil {
			nodes = append(nodes, each.Recv)
		}
	}
	imported := s.used(f, nodes)
	name := errorsName(f, moved)
	errors := imports{name: name, path: "errors"}
	if name == "errors" {
		errors.name = ""
	}
	var bodies []string
	for _, each := range moved {
		lack := f.moved[each]
		bodies = append(bodies, fmt.Sprintf(
			"// %s is for wasip1, which has no %s. For other systems it is in %s.\n%s {\n\t%s\n}",
			each.Name.Name, lack, others, s.head(f.text, each), s.body(f.text, f.of, each, lack, name),
		))
	}
	return s.file(f, &constraint.TagExpr{Tag: "wasip1"}, append(imported, errors), bodies)
}

// errorsName is how a file of twins calls the package errors: not as anything that they see.
func errorsName(f *file, moved []*ast.FuncDecl) string {
	taken := map[string]bool{}
	for _, name := range f.of.Types.Scope().Names() {
		taken[name] = true
	}
	note := func(node ast.Node) bool {
		if each, ok := node.(*ast.Ident); ok {
			taken[each.Name] = true
		}
		return true
	}
	for _, each := range moved {
		ast.Inspect(each.Type, note)
		if each.Recv != nil {
			ast.Inspect(each.Recv, note)
		}
	}
	name := "errors"
	for taken[name] {
		name = "std" + name
	}
	return name
}

// file writes a Go file of the package, as gofmt does, under the head of the one that is changed.
func (s *Set) file(f *file, tag constraint.Expr, imported []imports, bodies []string) ([]byte, error) {
	built, err := constraintOf(f.syntax)
	if err != nil {
		return nil, err
	}
	if built != nil {
		tag = &constraint.AndExpr{X: tag, Y: built}
	}
	text := s.licence(f) + "//go:build " + tag.String() + "\n\npackage " + f.of.Types.Name() + "\n\n"
	text += importText(imported) + strings.Join(bodies, "\n\n") + "\n"
	return format.Source([]byte(strings.ReplaceAll(text, "\r\n", "\n")))
}

// licence is what stands at the top of the file and is about neither build nor package.
func (s *Set) licence(f *file) string {
	for _, group := range f.syntax.Comments {
		if group.End() > f.syntax.Package || group == f.syntax.Doc {
			break
		}
		text := s.between(f.text, group.Pos(), group.End())
		if !strings.Contains(text, "//go:build") && !strings.Contains(text, "// +build") {
			return text + "\n\n"
		}
	}
	return ""
}
