package loops

import (
	"go/ast"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
)

// repeated are the letters of the calls x("a") that run many times, with how they are reached.
func repeated(t *testing.T, body string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	text := "package main\n\nfunc x(string) bool { return true }\n\n" + body
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	program := source.Load(&exchange.Request{Packages: []exchange.Package{
		{Path: "example.com/m", Kind: exchange.Own, Files: []string{file}},
	}})
	if why := program.Package("example.com/m").Why; why != "" {
		t.Fatal(why)
	}
	graph := callgraph.Build(program, "example.com/m", func(*ast.FuncDecl) bool { return false })
	set := Find(graph, program.Closure("example.com/m"))
	var found []string
	for _, edge := range graph.InOrder() {
		if edge.To.Name() != "main.x" {
			continue
		}
		if chain, loop := set.Repeated(edge); loop != nil {
			_, letter, _ := strings.Cut(program.Line(edge.Pos), `x("`)
			said := letter[:1]
			for _, each := range chain[:len(chain)-1] {
				said += "<" + each.From.Name()
			}
			found = append(found, said)
		}
	}
	sort.Strings(found)
	return strings.Join(found, " ")
}

func TestWhatRunsManyTimes(t *testing.T) {
	for _, each := range []struct{ name, body, want string }{
		{"in loops", `func main() {
	for x("a") {
		x("b")
	}
	for i := 0; i < len(os); i++ {
		x("c")
	}
	for range os {
		x("d")
	}
	x("e")
}
var os []string
`, "a b c d"},
		{"called in a loop", `func main() {
	for range names {
		one()
	}
	two()
}
func one() { two() }
func two() { x("a") }
var names []string
`, "a<main.main<main.one"},
		{"before and after, and over what", `func main() {
	for i := x("a"); i; {
		i = false
	}
	for range over(x("b")) {
		x("c")
	}
}
func over(bool) []int { return nil }
`, "c"},
		{"few rounds", `func main() {
	for i := 0; i < 3; i++ {
		x("a")
	}
	for i := 9; i >= 0; i-- {
		x("b")
	}
	for range [4]int{} {
		x("c")
	}
	for range []string{"p", "q"} {
		x("d")
	}
	for i := 0; i < 300; i++ {
		x("f")
	}
	for range [400]int{} {
		x("g")
	}
}
`, "f g"},
		{"few rounds in many", `func main() {
	for {
		for i := 0; i < 3; i++ {
			x("a")
			break
		}
	}
}
`, "a"},
		{"the last round", `func main() {
	for range names {
		if x("a") {
			x("b")
			return
		}
		if x("c") {
			x("d")
			break
		}
		if x("e") {
			x("f")
			panic("")
		}
		if x("g") {
			x("h")
			continue
		}
	}
}
var names []string
`, "a c e g h"},
		{"a switch is left, not the loop", `func main() {
	for range names {
		switch {
		case x("a"):
			x("b")
			break
		default:
			x("c")
			return
		}
	}
}
var names []string
`, "a b"},
		{"labels", `func main() {
outer:
	for range names {
		for range names {
			if x("a") {
				x("b")
				break outer
			}
			if x("c") {
				x("d")
				continue outer
			}
		}
	}
}
var names []string
`, "a c d"},
		{"a closure's return leaves the closure", `func main() {
	for range names {
		func() {
			x("a")
			return
		}()
	}
}
var names []string
`, "a"},
		{"a block that may go on", `func main() {
	for range names {
		if x("a") {
			x("b")
			if x("c") {
				continue
			}
			return
		}
	}
}
var names []string
`, "a b c"},
		{"what comes after the last that may go on", `func main() {
	for range names {
		if x("a") {
			continue
		}
		x("b")
		if x("c") {
			x("d")
		}
		return
	}
}
var names []string
`, "a"},
		{"a body that ends in break", `func main() {
	for {
		if x("a") {
			continue
		}
		break
	}
}
`, "a"},
	} {
		if found := repeated(t, each.body); found != each.want {
			t.Errorf("%s: %q, not %q", each.name, found, each.want)
		}
	}
}
