package callgraph

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

// What rules read of a function's source: only what can run of it.

// part is where something of a file stands.
type part [2]token.Pos

func (p part) has(pos token.Pos) bool { return p[0] <= pos && pos < p[1] }

// Nodes returns what can run and has a source here, in the order of the sources.
func (g *Graph) Nodes() []*Node {
	if g.sorted == nil {
		for node := range g.reached {
			if node.Of != nil && len(node.body) > 0 {
				g.sorted = append(g.sorted, node)
			}
		}
		sort.Slice(g.sorted, func(i, j int) bool {
			return g.sorted[i].body[0].Pos() < g.sorted[j].body[0].Pos()
		})
	}
	return g.sorted
}

// NodeOf returns that of a function, whatever its type arguments; nil where it cannot run.
func (g *Graph) NodeOf(function *types.Func) *Node {
	if node := g.nodes[function.Origin()]; g.reached[node] {
		return node
	}
	return nil
}

// Syntax returns the declarations that a function or an initialisation consists of.
func (n *Node) Syntax() []ast.Node { return n.body }

// Declared returns a function's declaration; nil for an initialisation and what has no source here.
func (n *Node) Declared() *ast.FuncDecl {
	if n.Object == nil || len(n.body) == 0 {
		return nil
	}
	declared, _ := n.body[0].(*ast.FuncDecl)
	return declared
}

// Runs tells whether the compiler keeps what is at a position of a function that can run.
func (n *Node) Runs(pos token.Pos) bool { return !anyHas(n.left, pos) }

// Decided tells whether what is at a position was chosen when the program was compiled, as with
// `if runtime.GOOS == "wasip1"`.
func (n *Node) Decided(pos token.Pos) bool { return anyHas(n.decided, pos) }

// Inspect is ast.Inspect of what can run of a function.
func (n *Node) Inspect(of ast.Node, visit func(ast.Node) bool) {
	ast.Inspect(of, func(each ast.Node) bool {
		if each != nil && !n.Runs(each.Pos()) {
			return false
		}
		return visit(each)
	})
}

func anyHas(parts []part, pos token.Pos) bool {
	for _, each := range parts {
		if each.has(pos) {
			return true
		}
	}
	return false
}

// leave notes what the compiler leaves out.
func (n *Node) leave(of ast.Node) {
	if of != nil {
		n.left = append(n.left, part{of.Pos(), of.End()})
	}
}

// decide notes what it keeps where it could have left it out.
func (n *Node) decide(of ast.Node) { n.decided = append(n.decided, part{of.Pos(), of.End()}) }
