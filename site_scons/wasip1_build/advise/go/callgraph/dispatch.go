package callgraph

import (
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
)

// What the standard library asks a value for that it is given as `any`: methods of the interfaces
// that fmt, encoding, errors, flag, log/slog and database/sql look for when they run.
var lookedFor = map[string]bool{
	"Error": true, "String": true, "GoString": true, "Format": true, "Unwrap": true, "Is": true,
	"As": true, "Set": true, "LogValue": true, "Scan": true, "Value": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true,
	"MarshalBinary": true, "UnmarshalBinary": true, "MarshalXML": true, "UnmarshalXML": true,
	"MarshalXMLAttr": true, "UnmarshalXMLAttr": true, "GobEncode": true, "GobDecode": true,
	"AppendText": true, "AppendBinary": true, "MarshalJSONTo": true, "UnmarshalJSONFrom": true,
}

// convertType is a value of one type that becomes one of another, if that is an interface.
func (w *walker) convertType(from, to types.Type, pos token.Pos) {
	if from == nil || to == nil || !types.IsInterface(to) || isParameter(to) {
		return
	}
	from = source.Unalias(from)
	target := source.Unalias(to)
	if w.isStandardInterface(target) {
		w.demand(target, pos)
	}
	if types.IsInterface(from) {
		return
	}
	w.converted(from, pos, target.Underlying().(*types.Interface).NumMethods() == 0)
}

func isParameter(t types.Type) bool {
	_, ok := source.Unalias(t).(*types.TypeParam)
	return ok
}

func (w *walker) isStandardInterface(of types.Type) bool {
	named, ok := of.(*types.Named)
	if !ok {
		return false
	}
	if named.Obj().Pkg() == nil {
		return true // error
	}
	whose := w.g.Program.Package(named.Obj().Pkg().Path())
	return whose == nil || whose.Kind == exchange.Standard
}

// converted notes a concrete type of which an interface's value is made, and what it consists of:
// package reflect comes to that.
func (w *walker) converted(from types.Type, pos token.Pos, dynamic bool) {
	from = source.Unalias(from)
	if types.IsInterface(from) || isParameter(from) {
		return
	}
	key := types.TypeString(from, nil)
	if dynamic {
		key = "dynamic " + key
	}
	if w.g.known[key] {
		return
	}
	w.g.known[key] = true
	if methods := types.NewMethodSet(from); methods.Len() > 0 {
		made := conversion{from, methods, w.node, pos, dynamic}
		w.g.converted = append(w.g.converted, made)
		for _, each := range w.g.calls {
			w.g.dispatch(each, made)
		}
		for _, each := range w.g.demands {
			w.g.supply(each, made)
		}
		w.g.lookFor(made)
	}
	if dynamic {
		for _, part := range parts(from) {
			w.converted(part, pos, dynamic)
		}
	}
}

func parts(of types.Type) []types.Type {
	switch t := of.Underlying().(type) {
	case *types.Pointer:
		return []types.Type{t.Elem()}
	case *types.Slice:
		return []types.Type{t.Elem()}
	case *types.Array:
		return []types.Type{t.Elem()}
	case *types.Map:
		return []types.Type{t.Key(), t.Elem()}
	case *types.Struct:
		var found []types.Type
		for i := 0; i < t.NumFields(); i++ {
			if t.Field(i).Exported() {
				found = append(found, t.Field(i).Type())
			}
		}
		return found
	}
	return nil
}

// dynamic is a call of a method through an interface, or of a type parameter's.
func (w *walker) dynamic(method *types.Func, of types.Type, pos token.Pos) {
	made := call{method, of, w.node, pos}
	w.g.calls = append(w.g.calls, made)
	for _, each := range w.g.converted {
		w.g.dispatch(made, each)
	}
	// Of the standard library's own implementations only those are known that are converted here;
	// the call itself is a leaf, so that a rule may know the interface.
	w.g.edge(w.node, w.g.node(method), pos)
}

// dispatch adds the edge from a call through an interface to a type's method, if it has that.
func (g *Graph) dispatch(each call, to conversion) {
	if of, ok := each.of.Underlying().(*types.Interface); !ok || !satisfies(to, of) {
		return
	}
	if method := methodOf(to, each.method); method != nil {
		g.edge(each.by, g.node(method), each.pos)
	}
}

// satisfies is types.Implements, and for interfaces with type parameters, which no type implements
// before they are given, whether the methods are there by name.
func satisfies(from conversion, of *types.Interface) bool {
	if types.Implements(from.from, of) {
		return true
	}
	if !isGeneric(of) {
		return false
	}
	for i := 0; i < of.NumMethods(); i++ {
		if methodOf(from, of.Method(i)) == nil {
			return false
		}
	}
	return of.NumMethods() > 0
}

func isGeneric(of *types.Interface) bool {
	for i := 0; i < of.NumMethods(); i++ {
		signature := of.Method(i).Type().(*types.Signature)
		for _, tuple := range []*types.Tuple{signature.Params(), signature.Results()} {
			for j := 0; j < tuple.Len(); j++ {
				if mentionsParameter(tuple.At(j).Type(), 0) {
					return true
				}
			}
		}
	}
	return false
}

func mentionsParameter(t types.Type, depth int) bool {
	if depth > 8 {
		return false
	}
	t = source.Unalias(t)
	if isParameter(t) {
		return true
	}
	if named, ok := t.(*types.Named); ok {
		for i := 0; i < named.TypeArgs().Len(); i++ {
			if mentionsParameter(named.TypeArgs().At(i), depth+1) {
				return true
			}
		}
		return false
	}
	switch t := t.(type) {
	case *types.Pointer:
		return mentionsParameter(t.Elem(), depth+1)
	case *types.Slice:
		return mentionsParameter(t.Elem(), depth+1)
	case *types.Map:
		return mentionsParameter(t.Key(), depth+1) || mentionsParameter(t.Elem(), depth+1)
	}
	return false
}

func methodOf(from conversion, method *types.Func) *types.Func {
	selection := from.methods.Lookup(method.Pkg(), method.Name())
	if selection == nil {
		return nil
	}
	found, _ := selection.Obj().(*types.Func)
	if found == nil {
		return nil
	}
	if receiver := found.Type().(*types.Signature).Recv(); receiver != nil && types.IsInterface(receiver.Type()) {
		return nil // of an embedded interface: what that holds was converted, too
	}
	return found
}

// demand is a conversion to an interface of the standard library, whose code may call its methods.
func (w *walker) demand(of types.Type, pos token.Pos) {
	if w.g.demanded[of] {
		return
	}
	w.g.demanded[of] = true
	made := demand{of, w.node, pos}
	w.g.demands = append(w.g.demands, made)
	for _, each := range w.g.converted {
		w.g.supply(made, each)
	}
}

func (g *Graph) supply(each demand, from conversion) {
	of := each.of.Underlying().(*types.Interface)
	if !types.Implements(from.from, of) {
		return
	}
	for i := 0; i < of.NumMethods(); i++ {
		if method := methodOf(from, of.Method(i)); method != nil {
			g.implied(from.by, g.node(method), from.pos)
		}
	}
}

// lookFor adds the methods for which the standard library asks when it is given any value.
func (g *Graph) lookFor(each conversion) {
	if !each.dynamic {
		return
	}
	for i := 0; i < each.methods.Len(); i++ {
		if object := each.methods.At(i).Obj(); lookedFor[object.Name()] {
			if method := methodOf(each, object.(*types.Func)); method != nil {
				g.implied(each.by, g.node(method), each.pos)
			}
		}
	}
}

func namedOf(t types.Type) *types.Named {
	t = source.Unalias(t)
	if pointer, ok := t.(*types.Pointer); ok {
		t = source.Unalias(pointer.Elem())
	}
	named, _ := t.(*types.Named)
	return named
}
