package fence

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strconv"
	"strings"

	"wasip1.invalid/advisor/source"
)

// imports is an import line: `name` is "" where the package's own is used.
type imports struct{ name, path string }

// used returns the imports of a file that some of its nodes need, each once.
func (s *Set) used(f *file, nodes []ast.Node) []imports {
	needed := specsFor(f.of, f.syntax, nodes)
	var found []imports
	for _, spec := range f.syntax.Imports {
		if !needed[spec] {
			continue
		}
		path, _ := strconv.Unquote(spec.Path.Value)
		each := imports{path: path}
		if spec.Name != nil {
			each.name = spec.Name.Name
		}
		found = append(found, each)
	}
	return found
}

// specsFor returns which imports of a file some nodes name: by the package's name, or without it
// where all its names were imported (`import . "net"`).
func specsFor(of *source.Package, syntax *ast.File, nodes []ast.Node) map[*ast.ImportSpec]bool {
	byName := map[*types.PkgName]*ast.ImportSpec{}
	byDot := map[*types.Package]*ast.ImportSpec{}
	for _, spec := range syntax.Imports {
		object := of.Info.Implicits[spec]
		if spec.Name != nil {
			object = of.Info.Defs[spec.Name]
		}
		name, ok := object.(*types.PkgName)
		if !ok {
			continue // import _
		}
		byName[name] = spec
		if spec.Name != nil && spec.Name.Name == "." {
			byDot[name.Imported()] = spec
		}
	}
	needed := map[*ast.ImportSpec]bool{}
	for _, node := range nodes {
		ast.Inspect(node, func(node ast.Node) bool {
			name, ok := node.(*ast.Ident)
			if !ok {
				return true
			}
			object := of.Info.Uses[name]
			if object == nil {
				return true
			}
			if imported, ok := object.(*types.PkgName); ok {
				needed[byName[imported]] = true
			} else if spec := byDot[object.Pkg()]; spec != nil && object.Parent() == object.Pkg().Scope() {
				needed[spec] = true // (or named behind a dot as well: one too many, which is tried)
			}
			return true
		})
	}
	return needed
}

// unusedImports are the lines of imports that nothing needs that stays in a file.
func (s *Set) unusedImports(f *file) ([]cut, string) {
	var staying []ast.Node
	for _, each := range f.syntax.Decls {
		function, ok := each.(*ast.FuncDecl)
		if _, moved := f.moved[function]; !ok || !moved {
			staying = append(staying, each)
		}
	}
	before := specsFor(f.of, f.syntax, allOf(f.syntax))
	after := specsFor(f.of, f.syntax, staying)
	var cuts []cut
	for _, each := range f.syntax.Decls {
		group, ok := each.(*ast.GenDecl)
		if !ok || group.Tok != token.IMPORT {
			continue
		}
		var gone []*ast.ImportSpec
		for _, spec := range group.Specs {
			if spec := spec.(*ast.ImportSpec); before[spec] && !after[spec] {
				gone = append(gone, spec)
			}
		}
		found, ok := s.importCuts(f, group, gone)
		if !ok {
			return nil, "its imports share a line"
		}
		cuts = append(cuts, found...)
	}
	return cuts, ""
}

func allOf(syntax *ast.File) []ast.Node {
	var nodes []ast.Node
	for _, each := range syntax.Decls {
		nodes = append(nodes, each)
	}
	return nodes
}

// importCuts are the lines of some imports of a group; of the group where that is all of it.
func (s *Set) importCuts(f *file, group *ast.GenDecl, gone []*ast.ImportSpec) ([]cut, bool) {
	if len(gone) == len(group.Specs) && len(gone) > 0 {
		start := group.Pos()
		if group.Doc != nil {
			start = group.Doc.Pos()
		}
		found, ok := lines(f.text, s.offset(start), s.offset(group.End()))
		return []cut{behind(f.text, found)}, ok
	}
	var cuts []cut
	for _, spec := range gone {
		start := spec.Pos()
		if spec.Doc != nil {
			start = spec.Doc.Pos()
		}
		found, ok := lines(f.text, s.offset(start), s.offset(spec.End()))
		if !ok {
			return nil, false
		}
		cuts = append(cuts, found)
	}
	return cuts, true
}

// importText is the import declaration of a new file: the standard library's first.
func importText(imported []imports) string {
	if len(imported) == 0 {
		return ""
	}
	sort.Slice(imported, func(i, j int) bool {
		a, b := imported[i], imported[j]
		if isStandard(a.path) != isStandard(b.path) {
			return isStandard(a.path)
		}
		return a.path < b.path || a.path == b.path && a.name < b.name
	})
	if len(imported) == 1 {
		return "import " + imported[0].text() + "\n\n"
	}
	var text strings.Builder
	text.WriteString("import (\n")
	for i, each := range imported {
		if i > 0 && isStandard(imported[i-1].path) && !isStandard(each.path) {
			text.WriteString("\n")
		}
		text.WriteString("\t" + each.text() + "\n")
	}
	text.WriteString(")\n\n")
	return text.String()
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func (each imports) text() string {
	if each.name == "" {
		return strconv.Quote(each.path)
	}
	return each.name + " " + strconv.Quote(each.path)
}
