package heavy

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// mentions are all places of one package in sources that rules look at.
type mentions struct {
	lines   []importLine
	uses    []use
	unknown bool // a source that imports it is not understood
}

// importLine is one that names the package.
type importLine struct {
	pos   token.Pos
	blank bool
}

// use is one function, type, constant, variable, method or field of the package, where it is named.
type use struct {
	object types.Object
	name   string // within its package
	pos    token.Pos
	call   *ast.CallExpr // of it; or nil
	info   *types.Info
	runs   bool // what it stands in can run
}

// shown is what a reader knows it by.
func (u use) shown() string { return u.object.Pkg().Name() + "." + u.name }

// reader goes through these sources.
type reader struct {
	program *source.Program
	found   map[string]*mentions
	reached map[types.Object]bool
	starts  map[*source.Package]bool // whose variables are initialised
	at      map[token.Pos]bool       // where functions and variables are mentioned that can run
}

// mentionsOf finds what the sources that rules look at have of the packages of a table, and of time.
func mentionsOf(subject *rule.Subject, rows []row) map[string]*mentions {
	r := &reader{
		program: subject.Program,
		found:   map[string]*mentions{"time": {}},
		reached: map[types.Object]bool{},
		starts:  map[*source.Package]bool{},
		at:      map[token.Pos]bool{},
	}
	for _, each := range rows {
		r.found[each.Package] = &mentions{}
	}
	for _, root := range subject.Graph.Roots {
		r.reach(root.Object, root.Of)
	}
	for _, edge := range subject.Graph.InOrder() {
		r.reach(edge.To.Object, edge.To.Of)
		r.at[edge.Pos] = true
	}
	for _, each := range subject.Packages {
		if subject.Looks(each) {
			r.read(each)
		}
	}
	return r.found
}

func (r *reader) reach(object types.Object, of *source.Package) {
	if object != nil {
		r.reached[object] = true
		return
	}
	r.starts[of] = true
}

func (r *reader) read(of *source.Package) {
	if of.Why != "" || of.Info == nil {
		for _, path := range of.Imports {
			if known := r.found[path]; known != nil {
				known.unknown = true
			}
		}
		return
	}
	for _, file := range of.Files {
		for _, spec := range file.Imports {
			r.line(of, spec)
		}
		for _, declared := range file.Decls {
			runs := r.starts[of]
			if function, ok := declared.(*ast.FuncDecl); ok {
				runs = r.reached[of.Info.Defs[function.Name]]
			}
			for _, each := range r.declaration(of, declared) {
				r.mention(each, runs)
			}
		}
	}
}

func (r *reader) line(of *source.Package, spec *ast.ImportSpec) {
	path := spec.Path.Value[1 : len(spec.Path.Value)-1]
	if mapped, ok := of.ImportMap[path]; ok {
		path = mapped
	}
	if known := r.found[path]; known != nil {
		blank := spec.Name != nil && spec.Name.Name == "_"
		known.lines = append(known.lines, importLine{spec.Pos(), blank})
	}
}

// key is what a program knows the uses by that a declaration has of the packages of the table.
type key struct{ declared ast.Decl }

// declaration returns them, as if they could run.
func (r *reader) declaration(of *source.Package, declared ast.Decl) []use {
	return r.program.Once(key{declared}, func() any {
		calls := map[*ast.Ident]*ast.CallExpr{}
		var found []use
		ast.Inspect(declared, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if function := syntax.Ident(n.Fun); function != nil {
					calls[function] = n
				}
			case *ast.Ident:
				object := of.Info.Uses[n]
				if object == nil || object.Pkg() == nil || r.found[object.Pkg().Path()] == nil {
					break
				}
				if _, isPackage := object.(*types.PkgName); !isPackage {
					found = append(found, use{object, nameOf(object), n.Pos(), calls[n], of.Info, true})
				}
			}
			return true
		})
		return found
	}).([]use)
}

func (r *reader) mention(each use, runs bool) {
	if function, ok := each.object.(*types.Func); ok && !ofInterface(function) {
		runs = runs && r.at[each.pos]
	}
	each.runs = runs
	known := r.found[each.object.Pkg().Path()]
	known.uses = append(known.uses, each)
}

func ofInterface(function *types.Func) bool {
	receiver := function.Type().(*types.Signature).Recv()
	return receiver != nil && types.IsInterface(source.Unalias(receiver.Type()))
}

// nameOf returns an object's name within its package: "Println", "IP.String", "User.Name".
func nameOf(object types.Object) string {
	switch object := object.(type) {
	case *types.Func:
		if receiver := syntax.ReceiverName(object); receiver != "" {
			return receiver + "." + object.Name()
		}
	case *types.Var:
		if object.IsField() {
			return ownerOf(object) + "." + object.Name()
		}
	}
	return object.Name()
}

// ownerOf returns the name of the type that declares a field; "" where it has none.
func ownerOf(field *types.Var) string {
	field = field.Origin()
	scope := field.Pkg().Scope()
	for _, name := range scope.Names() {
		declared, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if of, ok := declared.Type().Underlying().(*types.Struct); ok {
			for i := 0; i < of.NumFields(); i++ {
				if of.Field(i) == field {
					return name
				}
			}
		}
	}
	return ""
}
