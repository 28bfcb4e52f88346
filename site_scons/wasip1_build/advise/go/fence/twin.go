package fence

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/source"
)

// Twin returns a function of the same type, on one line, that says that it cannot do it; "" where
// the function is not in the sources.
func Twin(program *source.Program, of *source.Package, function *types.Func, lack string) string {
	_, declared := of.Declaration(function)
	text, _, ok := program.Text(function.Pos())
	if declared == nil || !ok {
		return ""
	}
	s := New(program)
	return s.head(text, declared) + " { " + s.body(text, of, declared, lack, "errors") + " }"
}

// head is a declaration up to its body, as it is written.
func (s *Set) head(text []byte, declared *ast.FuncDecl) string {
	return s.between(text, declared.Pos(), declared.Type.End())
}

// body returns the only statement of a twin. `errors` is the name of that package.
func (s *Set) body(
	text []byte, of *source.Package, declared *ast.FuncDecl, lack, errors string,
) string {
	message := fmt.Sprintf("%q", of.Types.Name()+"."+declared.Name.Name+": wasip1 has no "+lack)
	function := of.Info.Defs[declared.Name].(*types.Func)
	results := function.Type().(*types.Signature).Results()
	if firstError(results) < 0 {
		return "panic(" + message + ")"
	}
	var values []string
	for _, field := range declared.Type.Results.List {
		written := s.between(text, field.Type.Pos(), field.Type.End())
		for i := 0; i < max(len(field.Names), 1); i++ {
			of := results.At(len(values)).Type()
			if isError(of) {
				values = append(values, errors+".New("+message+")")
			} else {
				values = append(values, zero(of, written))
			}
		}
	}
	return "return " + strings.Join(values, ", ")
}

// zero is the zero value of a type that is written so.
func zero(of types.Type, written string) string {
	if _, ok := source.Unalias(of).(*types.TypeParam); ok {
		return "*new(" + written + ")"
	}
	switch under := of.Underlying().(type) {
	case *types.Basic:
		switch {
		case under.Info()&types.IsBoolean != 0:
			return "false"
		case under.Info()&types.IsString != 0:
			return `""`
		case under.Info()&types.IsNumeric != 0:
			return "0"
		}
	case *types.Struct, *types.Array:
		return written + "{}"
	}
	return "nil"
}
