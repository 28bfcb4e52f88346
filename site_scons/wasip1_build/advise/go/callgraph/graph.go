// Package callgraph answers which functions of a program can run, and by whom each is reached.
//
// Calls through interfaces go to the methods of types that are converted to interfaces in code that
// can run (rapid type analysis); a function that is mentioned there can run, and its closures with
// it; generic functions are one whatever their type arguments. The standard library's functions
// are where the graph ends: what they call back is known by the interfaces that it asks for.
package callgraph

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// Node is a function, or the initialisation of a package's variables with its init functions
// (Object is nil then), or a function or variable of the standard library.
type Node struct {
	Object  types.Object
	Of      *source.Package // whose source it is; nil for the standard library's
	body    []ast.Node
	left    []part // of the body, that the compiler leaves out
	decided []part // that it keeps where it could have left it out
	Out     []Edge
	sent    map[edgeKey]bool
}

// Edge is the first mention of one function by another at a position. It is implied where the
// standard library may call a method of a value that it is given there.
type Edge struct {
	From, To *Node
	Pos      token.Pos
	Implied  bool
}

type edgeKey struct {
	to  *Node
	pos token.Pos
}

// Own tells whether a function's source is one of the artifact's own modules.
func (n *Node) Own() bool { return n.Of != nil && n.Of.Kind == exchange.Own }

// Graph is what can run of one artifact. Set are the variables and fields of the standard library
// that it assigns, as "net/http.DefaultTransport" and "net/http.Transport.DialContext".
type Graph struct {
	Program *source.Program
	Roots   []*Node
	Set     map[string]bool

	nodes     map[types.Object]*Node
	starts    map[*source.Package]*Node
	packages  []*source.Package
	waiting   []*Node
	reached   map[*Node]bool
	converted []conversion // of concrete types to interfaces
	known     map[string]bool
	calls     []call // through interfaces
	asked     map[types.Object]bool
	demands   []demand // of the standard library
	demanded  map[types.Type]bool
	edges     []Edge // made when they are asked for
	sorted    []*Node
}

// conversion is a concrete type that becomes an interface's value somewhere.
type conversion struct {
	from    types.Type
	methods *types.MethodSet
	by      *Node
	pos     token.Pos
	dynamic bool // to an interface without methods: what it is asked for shows when it runs
}

// call is one through an interface.
type call struct {
	method *types.Func
	of     types.Type // the interface
	by     *Node
	pos    token.Pos
}

// demand is an interface of the standard library to which something is converted: whose methods it
// may call.
type demand struct {
	of  types.Type
	by  *Node
	pos token.Pos
}

// Build makes the graph of a main package. `exported` tells from a function's comments whether the
// host may call it.
func Build(program *source.Program, main string, exported func(*ast.FuncDecl) bool) *Graph {
	g := &Graph{
		Program:  program,
		Set:      map[string]bool{},
		nodes:    map[types.Object]*Node{},
		starts:   map[*source.Package]*Node{},
		packages: program.Closure(main),
		reached:  map[*Node]bool{},
		known:    map[string]bool{},
		asked:    map[types.Object]bool{},
		demanded: map[types.Type]bool{},
	}
	var roots []*Node
	for _, each := range g.packages {
		roots = append(roots, g.declare(each, each.Path == main, exported)...)
	}
	for _, root := range roots {
		g.reach(root)
	}
	g.Roots = roots
	for len(g.waiting) > 0 {
		next := g.waiting[0]
		g.waiting = g.waiting[1:]
		walk(g, next)
	}
	return g
}

// declare makes the nodes of a package; it returns what runs by itself.
func (g *Graph) declare(p *source.Package, isMain bool, exported func(*ast.FuncDecl) bool) []*Node {
	start := &Node{Of: p}
	g.starts[p] = start
	if p.Why != "" {
		return nil // what is known of its types may be wrong
	}
	var first, others []*Node
	for _, file := range p.Files {
		for _, declared := range file.Decls {
			switch d := declared.(type) {
			case *ast.GenDecl:
				start.body = append(start.body, d)
			case *ast.FuncDecl:
				object, ok := p.Info.Defs[d.Name].(*types.Func)
				if !ok {
					continue
				}
				node := &Node{Object: object, Of: p, body: []ast.Node{d}}
				g.nodes[object] = node
				switch {
				case d.Recv == nil && d.Name.Name == "init":
					g.edge(start, node, d.Pos())
				case isMain && d.Recv == nil && d.Name.Name == "main":
					first = append(first, node)
				case exported(d):
					others = append(others, node)
				}
			}
		}
	}
	if isMain {
		others = append(others, start)
	}
	return append(first, others...)
}

// node returns that of an object: the declared one, or a leaf of the standard library's.
func (g *Graph) node(object types.Object) *Node {
	if function, ok := object.(*types.Func); ok {
		object = function.Origin()
	}
	if known, ok := g.nodes[object]; ok {
		return known
	}
	made := &Node{Object: object}
	g.nodes[object] = made
	return made
}

func (g *Graph) edge(from, to *Node, pos token.Pos) { g.add(Edge{From: from, To: to, Pos: pos}) }

func (g *Graph) implied(from, to *Node, pos token.Pos) { g.add(Edge{from, to, pos, true}) }

func (g *Graph) add(made Edge) {
	from, to := made.From, made.To
	if from.sent == nil {
		from.sent = map[edgeKey]bool{}
	}
	key := edgeKey{to, made.Pos}
	if from.sent[key] {
		return
	}
	from.sent[key] = true
	from.Out = append(from.Out, made)
	if g.reached[from] {
		g.reach(to)
	}
}

func (g *Graph) reach(node *Node) {
	if g.reached[node] {
		return
	}
	g.reached[node] = true
	g.waiting = append(g.waiting, node)
	for _, each := range node.Out {
		g.reach(each.To)
	}
}

// Implements returns whether a type that is no one's of the standard library becomes a value of
// an interface in code that can run.
func (g *Graph) Implements(of *types.Interface) bool {
	for _, each := range g.converted {
		if named := namedOf(each.from); named != nil && named.Obj().Pkg() != nil {
			whose := g.Program.Package(named.Obj().Pkg().Path())
			if whose != nil && whose.Kind != exchange.Standard && types.Implements(each.from, of) {
				return true
			}
		}
	}
	return false
}

// Chain is how a function is reached: the edges from a root on.
type Chain []Edge

// Chains returns the shortest chain to each node that can be reached without the edges that are
// `cut`; a root has an empty one.
func (g *Graph) Chains(cut func(Edge) bool) map[*Node]Chain {
	by := map[*Node]Chain{}
	var queue []*Node
	for _, root := range g.Roots {
		if _, ok := by[root]; !ok {
			by[root] = Chain{}
			queue = append(queue, root)
		}
	}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		out := append([]Edge(nil), node.Out...)
		sort.SliceStable(out, func(i, j int) bool { return out[i].Pos < out[j].Pos })
		for _, edge := range out {
			if _, ok := by[edge.To]; ok || cut(edge) {
				continue
			}
			chain := append(append(Chain(nil), by[node]...), edge)
			by[edge.To] = chain
			queue = append(queue, edge.To)
		}
	}
	return by
}

// InOrder returns all edges of what can run, in the order of their positions.
func (g *Graph) InOrder() []Edge {
	if g.edges == nil {
		for node := range g.reached {
			g.edges = append(g.edges, node.Out...)
		}
		sort.Slice(g.edges, func(i, j int) bool {
			a, b := &g.edges[i], &g.edges[j]
			switch {
			case a.Pos != b.Pos:
				return a.Pos < b.Pos
			case a.To != b.To:
				return a.To.Name() < b.To.Name()
			}
			return a.From.Name() < b.From.Name()
		})
	}
	return g.edges
}

// LeadingTo returns the nodes from which one of these can be reached, and these.
func (g *Graph) LeadingTo(ends func(*Node) bool) map[*Node]bool {
	into := map[*Node][]*Node{}
	leading := map[*Node]bool{}
	var waiting []*Node
	for _, edge := range g.InOrder() {
		into[edge.To] = append(into[edge.To], edge.From)
		if ends(edge.To) && !leading[edge.To] {
			leading[edge.To] = true
			waiting = append(waiting, edge.To)
		}
	}
	for ; len(waiting) > 0; waiting = waiting[1:] {
		for _, from := range into[waiting[0]] {
			if !leading[from] {
				leading[from] = true
				waiting = append(waiting, from)
			}
		}
	}
	return leading
}

// InterfaceOf returns an interface of the standard library by its name ("net/http.RoundTripper");
// nil where no package that is loaded has it.
func (g *Graph) InterfaceOf(name string) *types.Interface {
	dot := strings.LastIndex(name, ".")
	whose := g.Program.Package(name[:dot])
	if whose == nil || whose.Types == nil {
		return nil
	}
	object := whose.Types.Scope().Lookup(name[dot+1:])
	if object == nil {
		return nil
	}
	found, _ := object.Type().Underlying().(*types.Interface)
	return found
}

// Name returns a function's name as a stack trace has it.
func (n *Node) Name() string {
	if n.Object == nil {
		if n.Of.Types.Name() == "main" {
			return "main (initialisation)"
		}
		return n.Of.Path + " (initialisation)"
	}
	if n.Of != nil && n.Of.Types.Name() == "main" {
		return strings.Replace(syntax.FullName(n.Object), n.Of.Path, "main", 1)
	}
	return syntax.FullName(n.Object)
}
