package callgraph

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// walker reads the body of one function, with its closures.
type walker struct {
	g       *Graph
	node    *Node
	info    *types.Info
	results []*types.Tuple // of the function, and of the closures around a statement
}

// walk adds to the graph what a function mentions and converts.
func walk(g *Graph, node *Node) {
	if node.Of == nil || node.Of.Info == nil {
		return
	}
	w := &walker{g: g, node: node, info: node.Of.Info}
	if node.Object == nil {
		w.imports()
	}
	for _, body := range node.body {
		if declared, ok := body.(*ast.FuncDecl); ok {
			if declared.Body == nil {
				continue // in assembly, or the host's
			}
			w.function(node.Object.Type().(*types.Signature), declared.Body)
			continue
		}
		ast.Inspect(body, w.visit)
	}
}

// imports initialises what the package imports, before itself.
func (w *walker) imports() {
	for _, file := range w.node.Of.Files {
		for _, spec := range file.Imports {
			name := w.info.Implicits[spec]
			if spec.Name != nil {
				name = w.info.Defs[spec.Name]
			}
			path := importPath(w.node.Of, spec, name)
			if start := w.g.starts[w.g.Program.Package(path)]; start != nil {
				w.g.edge(w.node, start, spec.Path.Pos())
			}
		}
	}
}

func importPath(of *source.Package, spec *ast.ImportSpec, object types.Object) string {
	if name, ok := object.(*types.PkgName); ok {
		return name.Imported().Path()
	}
	path := spec.Path.Value[1 : len(spec.Path.Value)-1] // a blank import: it has no name
	if mapped, ok := of.ImportMap[path]; ok {
		return mapped
	}
	return path
}

func (w *walker) function(signature *types.Signature, body *ast.BlockStmt) {
	w.results = append(w.results, signature.Results())
	ast.Inspect(body, w.visit)
	w.results = w.results[:len(w.results)-1]
}

func (w *walker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		return !w.branch(n)
	case *ast.SwitchStmt:
		return !w.choice(n)
	case *ast.BlockStmt:
		w.statements(n.List)
		return false
	case *ast.FuncLit:
		if signature, ok := w.under(n).(*types.Signature); ok {
			w.function(signature, n.Body)
		}
		return false
	case *ast.Ident:
		w.mention(n)
	case *ast.SelectorExpr:
		w.selection(n)
	case *ast.CallExpr:
		w.call(n)
	case *ast.AssignStmt:
		w.assign(n)
	case *ast.ValueSpec:
		w.declare(n)
	case *ast.ReturnStmt:
		w.returns(n)
	case *ast.CompositeLit:
		w.literal(n)
	case *ast.SendStmt:
		if channel, ok := w.under(n.Chan).(*types.Chan); ok {
			w.convert(n.Value, channel.Elem())
		}
	case *ast.IndexExpr:
		if mapped, ok := w.under(n.X).(*types.Map); ok {
			w.convert(n.Index, mapped.Key())
		}
	case *ast.BinaryExpr:
		w.compare(n)
	}
	return true
}

// mention is a function or variable that is named by itself, or after its package.
func (w *walker) mention(id *ast.Ident) {
	object := w.info.Uses[id]
	switch object := object.(type) {
	case *types.Func:
		if receiver := object.Type().(*types.Signature).Recv(); receiver == nil {
			w.g.edge(w.node, w.g.node(object), id.Pos())
		}
	case *types.Var:
		if w.isStandardGlobal(object) {
			w.g.edge(w.node, w.g.node(object), id.Pos())
		}
	}
	if instance, ok := w.info.Instances[id]; ok {
		for i := 0; i < instance.TypeArgs.Len(); i++ {
			w.converted(instance.TypeArgs.At(i), id.Pos(), false)
		}
	}
}

func (w *walker) isStandardGlobal(object *types.Var) bool {
	if object.IsField() || object.Pkg() == nil || object.Parent() != object.Pkg().Scope() {
		return false
	}
	whose := w.g.Program.Package(object.Pkg().Path())
	return whose != nil && whose.Kind == exchange.Standard
}

// selection is a method of a value or type, whether it is called or kept.
func (w *walker) selection(n *ast.SelectorExpr) {
	selection := w.info.Selections[n]
	if selection == nil {
		return
	}
	method, ok := selection.Obj().(*types.Func)
	if !ok {
		return
	}
	receiver := method.Type().(*types.Signature).Recv()
	if receiver != nil && types.IsInterface(source.Unalias(receiver.Type())) {
		w.dynamic(method, receiver.Type(), n.Sel.Pos())
		return
	}
	w.g.edge(w.node, w.g.node(method), n.Sel.Pos())
}

func (w *walker) call(n *ast.CallExpr) {
	if kind, ok := w.info.Types[n.Fun]; ok && kind.IsType() {
		if len(n.Args) == 1 {
			w.convert(n.Args[0], kind.Type)
		}
		return
	}
	signature, ok := w.under(n.Fun).(*types.Signature)
	if !ok {
		return
	}
	parameters := signature.Params()
	if len(n.Args) == 1 && parameters.Len() > 1 {
		if values, ok := w.typeOf(n.Args[0]).(*types.Tuple); ok {
			for i := 0; i < values.Len(); i++ {
				w.convertType(values.At(i).Type(), parameterType(signature, i, false), n.Pos())
			}
			return
		}
	}
	for i, argument := range n.Args {
		if to := parameterType(signature, i, n.Ellipsis.IsValid()); to != nil {
			w.convert(argument, to)
		}
	}
}

func parameterType(signature *types.Signature, i int, spread bool) types.Type {
	parameters := signature.Params()
	if last := parameters.Len() - 1; signature.Variadic() && i >= last {
		to := parameters.At(last).Type()
		if slice, ok := to.Underlying().(*types.Slice); ok && !spread {
			return slice.Elem()
		}
		return to
	}
	if i >= parameters.Len() {
		return nil
	}
	return parameters.At(i).Type()
}

func (w *walker) assign(n *ast.AssignStmt) {
	for _, left := range n.Lhs {
		w.set(left)
	}
	if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
		return
	}
	if len(n.Rhs) == 1 && len(n.Lhs) > 1 {
		if values, ok := w.typeOf(n.Rhs[0]).(*types.Tuple); ok {
			for i := 0; i < values.Len() && i < len(n.Lhs); i++ {
				w.convertType(values.At(i).Type(), w.typeOf(n.Lhs[i]), n.Rhs[0].Pos())
			}
		}
		return
	}
	for i, right := range n.Rhs {
		if i < len(n.Lhs) {
			w.convert(right, w.typeOf(n.Lhs[i]))
		}
	}
}

// set notes a variable or field of the standard library that is given another value.
func (w *walker) set(left ast.Expr) {
	selector, ok := left.(*ast.SelectorExpr)
	if !ok {
		return
	}
	if selection := w.info.Selections[selector]; selection != nil {
		if selection.Kind() == types.FieldVal {
			w.field(selection.Recv(), selector.Sel.Name)
		}
		return
	}
	if object, ok := w.info.Uses[selector.Sel].(*types.Var); ok && w.isStandardGlobal(object) {
		w.g.Set[syntax.FullName(object)] = true
	}
}

func (w *walker) field(of types.Type, name string) {
	if named := namedOf(of); named != nil && named.Obj().Pkg() != nil {
		w.g.Set[syntax.FullName(named.Obj())+"."+name] = true
	}
}

func (w *walker) declare(n *ast.ValueSpec) {
	if n.Type == nil {
		return
	}
	for _, value := range n.Values {
		w.convert(value, w.typeOf(n.Type))
	}
}

func (w *walker) returns(n *ast.ReturnStmt) {
	if len(w.results) == 0 {
		return
	}
	results := w.results[len(w.results)-1]
	if len(n.Results) == 1 && results.Len() > 1 {
		if values, ok := w.typeOf(n.Results[0]).(*types.Tuple); ok {
			for i := 0; i < values.Len() && i < results.Len(); i++ {
				w.convertType(values.At(i).Type(), results.At(i).Type(), n.Pos())
			}
		}
		return
	}
	for i, value := range n.Results {
		if i < results.Len() {
			w.convert(value, results.At(i).Type())
		}
	}
}

func (w *walker) literal(n *ast.CompositeLit) {
	of := w.typeOf(n)
	under := w.under(n)
	if pointer, ok := under.(*types.Pointer); ok { // an element &T{} of which &T is left out
		of, under = pointer.Elem(), pointer.Elem().Underlying()
	}
	for i, element := range n.Elts {
		key, value := ast.Expr(nil), element
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			key, value = pair.Key, pair.Value
		}
		switch under := under.(type) {
		case *types.Struct:
			w.fieldOf(of, under, i, key, value)
		case *types.Slice:
			w.convert(value, under.Elem())
		case *types.Array:
			w.convert(value, under.Elem())
		case *types.Map:
			w.convert(value, under.Elem())
			if key != nil {
				w.convert(key, under.Key())
			}
		}
	}
}

func (w *walker) fieldOf(of types.Type, in *types.Struct, i int, key, value ast.Expr) {
	if name, ok := key.(*ast.Ident); ok {
		for j := 0; j < in.NumFields(); j++ {
			if in.Field(j).Name() == name.Name {
				i = j
			}
		}
	}
	if i < in.NumFields() {
		w.field(of, in.Field(i).Name())
		w.convert(value, in.Field(i).Type())
	}
}

func (w *walker) compare(n *ast.BinaryExpr) {
	if n.Op == token.EQL || n.Op == token.NEQ {
		w.convert(n.X, w.typeOf(n.Y))
		w.convert(n.Y, w.typeOf(n.X))
	}
}

func (w *walker) typeOf(n ast.Expr) types.Type {
	if found := w.info.TypeOf(n); found != nil {
		return source.Unalias(found)
	}
	return types.Typ[types.Invalid]
}

func (w *walker) under(n ast.Expr) types.Type { return w.typeOf(n).Underlying() }

func (w *walker) convert(value ast.Expr, to types.Type) {
	w.convertType(w.typeOf(value), to, value.Pos())
}
