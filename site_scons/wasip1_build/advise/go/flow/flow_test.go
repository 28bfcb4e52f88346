package flow

import (
	"go/ast"
	"os"
	"path/filepath"
	"testing"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// asked returns what is known of the arguments of calls of ask in a program, by their order.
func asked(t *testing.T, text string) (*Flow, []ast.Expr, []*callgraph.Node) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	program := source.Load(&exchange.Request{Packages: []exchange.Package{
		{Path: "example.com/m", Kind: exchange.Own, Files: []string{file}, GoVersion: "1.21"},
	}})
	if why := program.Package("example.com/m").Why; why != "" {
		t.Fatal(why)
	}
	graph := callgraph.Build(program, "example.com/m", func(*ast.FuncDecl) bool { return false })
	var found []ast.Expr
	var by []*callgraph.Node
	for _, node := range graph.Nodes() {
		for _, body := range node.Syntax() {
			node.Inspect(body, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "ask" {
						found, by = append(found, call.Args[0]), append(by, node)
					}
				}
				return true
			})
		}
	}
	return Read(graph), found, by
}

func TestNumbersAreFollowed(t *testing.T) {
	const text = `package main
type options struct{ n, unset int }
func ask(n int) {}
func three() (int, error) { return 3, nil }
func passed(n int) { ask(n) }
func round() int { return round() }
func main() {
	one := 1
	ask(one)
	n, _ := three()
	ask(n)
	passed(2)
	passed(4)
	o := options{n: 5}
	ask(o.n)
	ask(o.unset)
	one2 := 1
	one2++
	ask(one2)
	chosen := 8
	if true { chosen = 1 }
	ask(chosen)
	ask(max(one, n))
	ask(len(make([]int, n)))
	ask(round())
	var pointed int
	change(&pointed)
	ask(pointed)
}
func change(p *int) {}
`
	f, calls, by := asked(t, text)
	some := Count{Unknown: true}
	want := []Count{
		{Most: 4}, {Most: 1}, {Most: 3}, {Most: 5}, some, {Most: 1, Unknown: true},
		{Most: 1}, {Most: 3}, {Most: 3}, {}, some,
	}
	if len(calls) != len(want) {
		t.Fatalf("%d calls", len(calls))
	}
	for i, each := range want {
		if found := f.Count(calls[i], by[i]); found != each {
			t.Errorf("%d: %+v, and not %+v", i, found, each)
		}
	}
}

func TestFunctionsAreFollowed(t *testing.T) {
	const text = `package main
type table struct{ run, other func() }
func ask(f func()) {}
func one() {}
func two() {}
func pick() func() { return one }
func main() {
	f := func() {}
	ask(f)
	ask(pick())
	t := table{run: two}
	ask(t.run)
	all := []func(){one, two}
	ask(all[0])
	t.other = nil
	ask(t.other)
}
`
	f, calls, by := asked(t, text)
	// An element is any function of its type that is a value somewhere.
	for i, want := range []int{1, 1, 1, 3, 0} {
		if found := f.Functions(calls[i], by[i]); len(found) != want {
			t.Errorf("%d: %d functions, and not %d", i, len(found), want)
		}
	}
}

func TestAVariableIsKnownOnlyWhereAllThatItIsGivenIsSeen(t *testing.T) {
	const text = `package main
type doer interface{ do(n int) }
type one struct{}
func (one) do(n int) { ask(n) }
func ask(n int) {}
func value(n int) { ask(n) }
func plain(n int) { ask(n) }
func main() {
	plain(1)
	plain(2)
	value(3)
	f := value
	f(4)
	var d doer = one{}
	d.do(5)
	if false { plain(6) }
	n := 7
	ask(n)
	n++
}
`
	f, calls, by := asked(t, text)
	// Of one that is called through an interface or as a value, and of one that is counted up, nothing.
	for i, want := range []int{0, 0, 2, 0} {
		variable := syntax.Variable(by[i].Of.Info, calls[i])
		if found := f.All(variable); len(found) != want {
			t.Errorf("%d: %d values, and not %d", i, len(found), want)
		}
	}
}
