// Package source answers what the files of a program say, with the types of everything in them.
package source

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"

	"wasip1.invalid/advisor/exchange"
)

// Program is all packages of a request, parsed and checked where they are asked for.
type Program struct {
	Fset     *token.FileSet
	packages map[string]*Package
	standard types.Importer
	mapped   map[string]string   // of files, by absolute path: as findings name them
	owners   map[string]*Package // of files, in the same way
	sources  map[*token.File]file
	texts    sync.Map            // what was read of files that are no standard library's: in the same way
	lines    map[string][]string // of files that were quoted
	known    map[any]any         // what rules made of the sources alone
}

// file is one that was read whole.
type file struct {
	of   *Package
	tree *ast.File
}

// Package is one of them. Info is nil for the standard library's, of which only types are known.
type Package struct {
	*exchange.Package
	Files  []*ast.File
	Types  *types.Package
	Info   *types.Info
	Why    string // it could not be loaded; or ""
	parsed error
	state  int
}

const (
	unseen = iota
	checking
	checked
)

// Load parses and checks what was asked about, as wasip1 sees it.
func Load(asked *exchange.Request) *Program {
	p := &Program{
		Fset:     token.NewFileSet(),
		packages: map[string]*Package{},
		mapped:   map[string]string{},
		owners:   map[string]*Package{},
		sources:  map[*token.File]file{},
		lines:    map[string][]string{},
		known:    map[any]any{},
	}
	for i := range asked.Packages {
		each := &Package{Package: &asked.Packages[i]}
		p.packages[each.Path] = each
		for _, files := range [][]string{each.Package.Files, each.Ignored} {
			for _, file := range files {
				p.mapped[file] = path.Join(each.Shown, filepath.Base(file))
				p.owners[file] = each
			}
		}
	}
	p.standard = importer.ForCompiler(p.Fset, "gc", p.export)
	p.parse()
	for _, each := range p.packages {
		if each.Kind != exchange.Standard {
			p.check(each)
			p.index(each)
		}
	}
	return p
}

// Package returns the package of this path; nil where there is none.
func (p *Program) Package(path string) *Package { return p.packages[path] }

// Closure returns a main package with all that it imports that has sources here, main first.
func (p *Program) Closure(main string) []*Package {
	seen := map[string]bool{main: true}
	var found []*Package
	for waiting := []string{main}; len(waiting) > 0; waiting = waiting[1:] {
		each := p.packages[waiting[0]]
		if each == nil || each.Kind == exchange.Standard {
			continue
		}
		found = append(found, each)
		for _, imported := range each.Imports {
			if !seen[imported] {
				seen[imported] = true
				waiting = append(waiting, imported)
			}
		}
	}
	return found
}

// Place returns the file of a position as findings name it, with line and column in characters.
func (p *Program) Place(pos token.Pos) token.Position {
	place := p.Fset.PositionFor(pos, false) // a generated file says //line of what is not here
	line := p.Line(pos)
	if place.Column > 0 && place.Column-1 <= len(line) {
		place.Column = utf8.RuneCountInString(line[:place.Column-1]) + 1
	}
	place.Filename = p.File(pos)
	return place
}

// File returns the file of a position as findings name it.
func (p *Program) File(pos token.Pos) string {
	name := p.Fset.PositionFor(pos, false).Filename
	if shown, ok := p.mapped[name]; ok {
		return shown
	}
	return name
}

// At returns the package in whose sources a position is; nil where it is in none.
func (p *Program) At(pos token.Pos) *Package {
	return p.owners[p.Fset.PositionFor(pos, false).Filename]
}

// Source returns the file in which a position is, with its package; nil where it was not read whole.
func (p *Program) Source(pos token.Pos) (*Package, *ast.File) {
	found := p.sources[p.Fset.File(pos)]
	return found.of, found.tree
}

func (p *Program) index(each *Package) {
	for _, tree := range each.Files {
		if tree != nil && each.Info != nil {
			p.sources[p.Fset.File(tree.Package)] = file{each, tree}
		}
	}
}

// Once returns what is asked for of the sources alone, whatever the main package; made when it is
// first asked for.
func (p *Program) Once(key any, made func() any) any {
	if _, ok := p.known[key]; !ok {
		p.known[key] = made()
	}
	return p.known[key]
}

// Line returns the line of the source in which a position is; "" where it cannot be read.
func (p *Program) Line(pos token.Pos) string {
	place := p.Fset.PositionFor(pos, false)
	lines, ok := p.lines[place.Filename]
	if !ok {
		data, known := p.text(place.Filename)
		if !known {
			data, _ = os.ReadFile(place.Filename)
		}
		lines = strings.Split(string(data), "\n")
		p.lines[place.Filename] = lines
	}
	if place.Line < 1 || place.Line > len(lines) {
		return ""
	}
	return lines[place.Line-1]
}

// parse reads all files, on all CPUs: of those that have bodies of interest whole.
func (p *Program) parse() {
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, each := range p.packages {
		if each.Export != "" || each.Path == "unsafe" {
			continue
		}
		each.Files = make([]*ast.File, len(each.Package.Files))
		for i, file := range each.Package.Files {
			group.Add(1)
			go func(each *Package, i int, file string) {
				defer group.Done()
				slots <- struct{}{}
				defer func() { <-slots }()
				parsed, err := p.read(each, file)
				each.Files[i] = parsed
				if err != nil {
					each.fail(err)
				}
			}(each, i, file)
		}
	}
	group.Wait()
}

// read parses a file. What it says is kept where it may be quoted, or be changed.
func (p *Program) read(of *Package, file string) (*ast.File, error) {
	if of.Kind == exchange.Standard {
		return parser.ParseFile(p.Fset, file, nil, parser.SkipObjectResolution)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	p.texts.Store(file, data)
	return parser.ParseFile(p.Fset, file, data, parser.ParseComments|parser.SkipObjectResolution)
}

var failing sync.Mutex

func (each *Package) fail(err error) {
	failing.Lock()
	defer failing.Unlock()
	if each.parsed == nil {
		each.parsed = err
	}
}

// check makes the types of a package, and before them those of what it imports.
func (p *Program) check(each *Package) {
	if each.state != unseen {
		return
	}
	each.state = checking
	defer func() { each.state = checked }()
	if each.Path == "unsafe" {
		each.Types = types.Unsafe
		return
	}
	if each.Export != "" {
		imported, err := p.standard.Import(each.Path)
		if err != nil {
			each.Why = err.Error()
		}
		each.Types = imported
		return
	}
	for i, file := range each.Files {
		if file == nil {
			each.Why = fmt.Sprintf("%s cannot be read", filepath.Base(each.Package.Files[i]))
			return
		}
	}
	info := &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances:  map[*ast.Ident]types.Instance{},
	}
	standard := each.Kind == exchange.Standard
	if standard {
		info = nil
	}
	var first error
	config := p.config(each)
	config.Error = func(err error) {
		if first == nil {
			first = err
		}
	}
	each.Types, _ = config.Check(each.Path, p.Fset, each.Files, info)
	each.Info = info
	if standard {
		return // a declaration that is not understood harms only what uses it
	}
	switch {
	case each.Error != "":
		each.Why = each.Error
	case each.parsed != nil:
		each.Why = p.said(each.parsed)
	case first != nil:
		each.Why = p.said(first)
	}
}

// config tells the type checker how the compiler sees a package. It stops at the first error.
func (p *Program) config(each *Package) types.Config {
	return types.Config{
		GoVersion:        goVersion(each.GoVersion),
		IgnoreFuncBodies: each.Kind == exchange.Standard,
		FakeImportC:      true, // TinyGo's cgo: what C has is of no interest here
		Importer:         importing{p, each},
		Sizes:            types.SizesFor("gc", "wasm"),
	}
}

// said returns an error without the places of this machine.
func (p *Program) said(err error) string {
	if found, ok := err.(types.Error); ok {
		return fmt.Sprintf("%v: %s", p.Place(found.Pos), found.Msg)
	}
	text := err.Error()
	for file, shown := range p.mapped {
		if strings.Contains(text, file) {
			return strings.ReplaceAll(text, file, shown)
		}
	}
	return text
}

func goVersion(version string) string {
	if version == "" {
		return ""
	}
	return "go" + version
}

// export opens the compiler's export data of a package of the standard library.
func (p *Program) export(path string) (io.ReadCloser, error) {
	each := p.packages[path]
	if each == nil || each.Export == "" {
		return nil, fmt.Errorf("no export data of %s", path)
	}
	return os.Open(each.Export)
}

// importing finds what one package's import lines mean.
type importing struct {
	program *Program
	by      *Package
}

func (i importing) Import(path string) (*types.Package, error) {
	if mapped, ok := i.by.ImportMap[path]; ok {
		path = mapped
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	each := i.program.packages[path]
	if each == nil {
		return nil, fmt.Errorf("package %s is not listed", path)
	}
	i.program.check(each)
	if each.Types == nil {
		return nil, fmt.Errorf("package %s: %s", path, each.Why)
	}
	return each.Types, nil
}
