package callgraph

import (
	"go/ast"
	"testing"
)

func TestOnlyWhatTheCompilerKeepsIsRead(t *testing.T) {
	g := built(t, `package main
const wasm = true
func main() {
	if wasm { kept1() } else { left1() }
	if !wasm { left2() }
	switch wasm {
	case false: left3()
	default: kept2()
	}
	maybe := len("a") > two
	if maybe { kept3() }
	if wasm { return }
	left4()
}
var two = 2
func kept1() {}
func kept2() {}
func kept3() {}
func left1() {}
func left2() {}
func left3() {}
func left4() {}
`)
	read, decided := "", ""
	for _, node := range g.Nodes() {
		if node.Name() != "main.main" {
			continue
		}
		node.Inspect(node.Syntax()[0], func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				name := call.Fun.(*ast.Ident).Name
				read += name + " "
				if node.Decided(n.Pos()) {
					decided += name + " "
				}
			}
			return true
		})
	}
	if read != "kept1 kept2 len kept3 " {
		t.Errorf("read %s", read)
	}
	if decided != "kept1 kept2 " {
		t.Errorf("decided %s", decided)
	}
}

func TestWhatCannotRunHasNoNode(t *testing.T) {
	g := built(t, "package main\nfunc main() { runs() }\nfunc runs() {}\nfunc waits() {}\n")
	names := ""
	for _, node := range g.Nodes() {
		if node.Declared() != nil {
			names += node.Declared().Name.Name + " "
		}
	}
	if names != "main runs " {
		t.Errorf("%s", names)
	}
}
