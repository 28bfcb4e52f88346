package syntax

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

func TestCallsAndVariablesAreNamedWhateverIsAroundThem(t *testing.T) {
	const text = `package p
type box[T any] struct{ value T }
func (b *box[T]) set(to T) {}
func same[T any](x T) T { return x }
func f(held func(), p *int, b box[int]) {
	(same[int])(1)
	b.set(2)
	held()
	_ = len("x")
	func() {}()
	*p = 3
	(b.value) = 4
}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	config := types.Config{Importer: importer.Default()}
	if _, err := config.Check("p", fset, []*ast.File{file}, info); err != nil {
		t.Fatal(err)
	}
	var called, given []string
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			called = append(called, CalleeName(info, call))
		}
		Given(n, func(to, _ ast.Expr, _ int) {
			if variable := Variable(info, to); variable != nil {
				given = append(given, variable.Name())
			}
		})
		return true
	})
	check(t, called, "p.same", "(*p.box[T]).set", "", "len", "")
	check(t, given, "p", "value")
}

func check(t *testing.T, found []string, want ...string) {
	t.Helper()
	if len(found) != len(want) {
		t.Fatalf("%q, and not %q", found, want)
	}
	for i, each := range found {
		if each != want[i] {
			t.Errorf("%d: %q, and not %q", i, each, want[i])
		}
	}
}
