package source

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sort"
)

// Text returns the bytes of the file of a position, as they were when it was parsed, with its
// absolute path; false for files of the standard library.
func (p *Program) Text(pos token.Pos) ([]byte, string, bool) {
	name := p.Fset.PositionFor(pos, false).Filename
	text, ok := p.text(name)
	return text, name, ok
}

func (p *Program) text(name string) ([]byte, bool) {
	text, ok := p.texts.Load(name)
	if !ok {
		return nil, false
	}
	return text.([]byte), true
}

// Texts calls for each file that was kept, with its name as findings have it.
func (p *Program) Texts(call func(shown string, text []byte)) {
	p.texts.Range(func(name, text any) bool {
		call(p.mapped[name.(string)], text.([]byte))
		return true
	})
}

// Try returns what would be wrong with a package if these files, by absolute path, were in the
// place of those that it has there, or beside them; nil if nothing would.
func (p *Program) Try(of *Package, files map[string][]byte) error {
	var parsed []*ast.File
	for i, name := range of.Package.Files {
		if _, ok := files[name]; !ok {
			parsed = append(parsed, of.Files[i])
		}
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		file, err := parser.ParseFile(p.Fset, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		parsed = append(parsed, file)
	}
	config := p.config(of)
	_, err := config.Check(of.Path, p.Fset, parsed, nil)
	return err
}

// Declaration returns where a function of a package is declared; nil where that is not in its files.
func (each *Package) Declaration(function *types.Func) (*ast.File, *ast.FuncDecl) {
	for _, file := range each.Files {
		if file == nil || function.Pos() < file.Package || function.Pos() > file.End() {
			continue
		}
		for _, declared := range file.Decls {
			if d, ok := declared.(*ast.FuncDecl); ok && d.Name.Pos() == function.Pos() {
				return file, d
			}
		}
	}
	return nil, nil
}
