package callgraph

import (
	"go/ast"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
)

// built is the graph of one file that imports nothing.
func built(t *testing.T, text string) *Graph {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := &exchange.Request{Packages: []exchange.Package{
		{Path: "example.com/m", Kind: exchange.Own, Files: []string{file}},
	}}
	program := source.Load(asked)
	if why := program.Package("example.com/m").Why; why != "" {
		t.Fatal(why)
	}
	return Build(program, "example.com/m", func(*ast.FuncDecl) bool { return false })
}

func reachable(g *Graph) string {
	var names []string
	for node, chain := range g.Chains(func(Edge) bool { return false }) {
		if node.Object != nil && len(chain) > 0 {
			names = append(names, node.Object.Name())
		}
	}
	return " " + strings.Join(names, " ") + " "
}

func TestShortestChainIsKept(t *testing.T) {
	g := built(t, `package main
func end() {}
func long() { longer() }
func longer() { end() }
func main() { long(); short() }
func short() { end() }
`)
	for node, chain := range g.Chains(func(Edge) bool { return false }) {
		if node.Object != nil && node.Object.Name() == "end" {
			if len(chain) != 2 || chain[1].From.Name() != "main.short" {
				t.Errorf("%d edges, the last of %s", len(chain), chain[len(chain)-1].From.Name())
			}
		}
	}
}

func TestACutEdgeLeadsNowhere(t *testing.T) {
	g := built(t, "package main\nfunc end() {}\nfunc main() { end() }\n")
	chains := g.Chains(func(e Edge) bool { return e.To.Object != nil && e.To.Object.Name() == "end" })
	for node := range chains {
		if node.Object != nil && node.Object.Name() == "end" {
			t.Error("end is reached")
		}
	}
}

func TestCallsThroughInterfaces(t *testing.T) {
	g := built(t, `package main
type doer interface{ do() }
type made struct{}
func (made) do() { yes() }
type unmade struct{}
func (unmade) do() { no() }
func yes() {}
func no() {}
func main() { var d doer = made{}; d.do() }
`)
	if found := reachable(g); !strings.Contains(found, " yes ") || strings.Contains(found, " no ") {
		t.Error(found)
	}
}

func TestWhatIsDecidedWhenCompiled(t *testing.T) {
	g := built(t, `package main
const wasm = true
func yes() {}
func no() {}
func other() bool { return false }
func main() {
	if !wasm || other() && !wasm {
		no()
	}
	switch {
	case other():
		yes()
	}
	if wasm {
		return
	}
	no()
}
`)
	if found := reachable(g); !strings.Contains(found, " yes ") || strings.Contains(found, " no ") {
		t.Error(found)
	}
}
