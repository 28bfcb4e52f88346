package hostcall

import (
	"fmt"
	"go/ast"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
)

// What Go's compiler takes for parameters was tried type by type. Go 1.21 to 1.23: int32, uint32,
// int64, uint64, float32, float64, unsafe.Pointer; from Go 1.24 on (the same to 1.27) also bool,
// uintptr, string, and pointers to what has no pointer, int or uintptr in it, of which a struct must
// have a field of structs.HostLayout. All else it refuses; unsafe.Pointer it cannot look behind.

// boundary finds addresses of what the host cannot read: Go's own words for slices, strings and
// pointers.
func boundary(subject *rule.Subject, edges []callgraph.Edge) []exchange.Finding {
	var findings []exchange.Finding
	for _, edge := range edges {
		site := calls.At(subject.Program, edge.Pos)
		if site == nil {
			continue
		}
		for _, argument := range site.Args {
			behind := pointer(site.Of.Info, argument)
			if behind == nil {
				continue
			}
			of := site.Of.Info.TypeOf(behind).Underlying().(*types.Pointer).Elem()
			what := unreadable(of, 0)
			if what == "" || isWord(of) {
				continue
			}
			if !subject.Silenced(Name, argument.Pos()) {
				findings = append(findings, toldOf(subject, edge, argument, behind, of, what))
			}
		}
	}
	return findings
}

// pointer returns the expression of a pointer's type of which an address is made, through conversions
// to unsafe.Pointer and to integers; nil where there is none.
func pointer(info *types.Info, n ast.Expr) ast.Expr {
	for {
		of := info.TypeOf(n)
		if of == nil {
			return nil
		}
		if _, ok := source.Unalias(of).Underlying().(*types.Pointer); ok {
			return n
		}
		switch inner := n.(type) {
		case *ast.ParenExpr:
			n = inner.X
		case *ast.CallExpr:
			if !info.Types[inner.Fun].IsType() || len(inner.Args) != 1 {
				return nil
			}
			n = inner.Args[0]
		default:
			return nil
		}
	}
}

// unreadable says what in a type is Go's own; "" where nothing is.
func unreadable(of types.Type, depth int) string {
	switch under := source.Unalias(of).Underlying().(type) {
	case *types.Basic:
		switch under.Kind() {
		case types.String, types.UnsafePointer, types.Uintptr:
			return "a " + under.Name()
		}
	case *types.Slice:
		return "a slice"
	case *types.Pointer:
		return "a pointer"
	case *types.Map:
		return "a map"
	case *types.Chan:
		return "a channel"
	case *types.Signature:
		return "a function"
	case *types.Interface:
		if _, ok := source.Unalias(of).(*types.TypeParam); !ok {
			return "an interface"
		}
	case *types.Array:
		return unreadable(under.Elem(), depth+1)
	case *types.Struct:
		for i := 0; i < under.NumFields() && depth < 8; i++ {
			if found := unreadable(under.Field(i).Type(), depth+1); found != "" {
				return found
			}
		}
	}
	return ""
}

// isWord tells whether a type is one address and nothing else: the host writes its 32 bits into the
// lower half of one that is nil, and Go reads it as it is.
func isWord(of types.Type) bool {
	switch under := source.Unalias(of).Underlying().(type) {
	case *types.Pointer:
		return true
	case *types.Basic:
		return under.Kind() == types.Uintptr || under.Kind() == types.UnsafePointer
	}
	return false
}

// sizes are Go's for wasm: pointers, int and uintptr have 64 bits.
var sizes = types.SizesFor("gc", "wasm")

func toldOf(
	subject *rule.Subject, edge callgraph.Edge, argument, behind ast.Expr, of types.Type, what string,
) exchange.Finding {
	said := subject.At(Name, argument.Pos())
	name := types.TypeString(of, types.RelativeTo(edge.From.Of.Types))
	said.What = fmt.Sprintf("%s is given the address of a %s", edge.To.Name(), name)
	said.Why = fmt.Sprintf("%s is Go's own way to say where the data is: what the host finds at that address is "+
		"no data, but %d bytes with an address of 64 bits, though wasm's have 32", what, sizes.Sizeof(of))
	said.Fix = "give the host a struct of integers: uint32(uintptr(unsafe.Pointer(...))) for each address " +
		"and uint32 for each length, with runtime.KeepAlive of what they are of after the call"
	whole := "x"
	if address, ok := behind.(*ast.UnaryExpr); ok {
		if id, ok := address.X.(*ast.Ident); ok {
			whole = id.Name
		}
	}
	switch under := source.Unalias(of).Underlying().(type) {
	case *types.Slice:
		if unreadable(under.Elem(), 0) == "" {
			said.Fix = fmt.Sprintf("give it the elements: unsafe.Pointer(unsafe.SliceData(%s)), and "+
				"uint32(len(%s)) in a parameter of its own", whole, whole)
		}
	case *types.Basic:
		if under.Kind() == types.String {
			said.Fix = fmt.Sprintf("give it the bytes: unsafe.Pointer(unsafe.StringData(%s)), and "+
				"uint32(len(%s)) in a parameter of its own", whole, whole)
		}
	}
	return said
}
