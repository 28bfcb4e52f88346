// Package flow answers what a variable, field, parameter or result can hold: how many CPUs there are,
// a constant, a function literal, a stream. It follows what each is given anywhere in what can run,
// whatever the order in which that happens.
package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/syntax"
)

// Value is one that a variable is given. Expr is nil where it is not known, and By may be; Result is which of a
// call's results it is.
type Value struct {
	ast.Expr
	By      *callgraph.Node
	Result  int
	decided bool // the compiler chose the branch in which it is given
}

// Flow is what is known of all variables of a program.
type Flow struct {
	graph    *callgraph.Graph
	given    map[*types.Var][]Value
	called   map[*types.Var][]*ast.CallExpr // functions that variables hold
	holding  map[*ast.FuncLit][]*types.Var
	literals []Target
	static   map[token.Pos]*types.Func // functions that are called by their names
	values   map[*types.Func]bool      // functions that are mentioned and not called
}

// Of is that of a subject.
func Of(subject *rule.Subject) *Flow {
	return subject.Once("flow", func() any { return Read(subject.Graph) }).(*Flow)
}

// Read collects what can run of a program.
func Read(graph *callgraph.Graph) *Flow {
	f := &Flow{
		graph:   graph,
		given:   map[*types.Var][]Value{},
		called:  map[*types.Var][]*ast.CallExpr{},
		holding: map[*ast.FuncLit][]*types.Var{},
		static:  map[token.Pos]*types.Func{},
		values:  map[*types.Func]bool{},
	}
	for _, node := range graph.Nodes() {
		r := &reader{f, node, node.Of.Info, map[*ast.Ident]bool{}}
		for _, body := range node.Syntax() {
			signature, _ := typeOf(node).(*types.Signature)
			r.read(body, signature)
		}
	}
	f.unseen()
	return f
}

func typeOf(node *callgraph.Node) types.Type {
	if node.Object == nil {
		return nil
	}
	return node.Object.Type()
}

// unseen gives the parameters of functions that are called otherwise than by their names what is not
// known: through an interface, as a value, by the standard library or the host.
func (f *Flow) unseen() {
	for _, edge := range f.graph.InOrder() {
		function, ok := edge.To.Object.(*types.Func)
		if ok && edge.To.Of != nil && (edge.Implied || f.static[edge.Pos] != function) {
			f.open(function)
		}
	}
	for _, root := range f.graph.Roots {
		if function, ok := root.Object.(*types.Func); ok {
			f.open(function)
		}
	}
}

func (f *Flow) open(function *types.Func) {
	parameters := function.Type().(*types.Signature).Params()
	for i := 0; i < parameters.Len(); i++ {
		parameter := parameters.At(i).Origin()
		f.given[parameter] = append(f.given[parameter], Value{})
	}
}

// All returns all that a variable is given; nothing where it may be given more than is seen.
func (f *Flow) All(variable *types.Var) []Value {
	for _, each := range f.given[variable] {
		if each.Expr == nil {
			return nil
		}
	}
	return f.given[variable]
}

// IsGiven tells whether a variable is made, or given a value, in a part of a function.
func (f *Flow) IsGiven(variable *types.Var, in ast.Node) bool {
	within := func(pos token.Pos) bool { return in.Pos() <= pos && pos < in.End() }
	for _, each := range f.given[variable] {
		if each.Expr != nil && within(each.Pos()) {
			return true
		}
	}
	return within(variable.Pos())
}

// Calls returns where a function literal is called by the name of a variable that holds it.
func (f *Flow) Calls(literal *ast.FuncLit) []*ast.CallExpr {
	var found []*ast.CallExpr
	for _, each := range f.holding[literal] {
		found = append(found, f.called[each]...)
	}
	return found
}

// reader reads one function.
type reader struct {
	*Flow
	node  *callgraph.Node
	info  *types.Info
	named map[*ast.Ident]bool // in calls
}

// read collects from a part of a function with this signature.
func (r *reader) read(part ast.Node, signature *types.Signature) {
	r.node.Inspect(part, func(n ast.Node) bool {
		syntax.Given(n, r.give)
		switch n := n.(type) {
		case *ast.FuncLit:
			r.literals = append(r.literals, Target{r.node, n})
			inner, _ := r.info.TypeOf(n).(*types.Signature)
			r.read(n.Body, inner)
			return false
		case *ast.AssignStmt:
			if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
				r.lose(n.Lhs[0])
			}
		case *ast.IncDecStmt:
			r.lose(n.X)
		case *ast.CallExpr:
			r.call(n)
		case *ast.CompositeLit:
			syntax.Fields(r.info, n, func(field *types.Var, value ast.Expr) { r.hold(field, value, 0) })
		case *ast.RangeStmt:
			r.lose(n.Key)
			r.lose(n.Value)
		case *ast.UnaryExpr:
			if n.Op == token.AND { // who has the pointer may give it anything
				r.lose(n.X)
			}
		case *ast.ReturnStmt:
			r.returns(n, signature)
		case *ast.Ident:
			if function, ok := r.info.Uses[n].(*types.Func); ok && !r.named[n] {
				r.values[function.Origin()] = true
			}
		}
		return true
	})
}

func (r *reader) give(to, value ast.Expr, result int) {
	if value != nil {
		r.hold(syntax.Variable(r.info, to), value, result)
	}
}

// lose is for what is given a value that is not seen.
func (r *reader) lose(to ast.Expr) {
	if to != nil {
		r.hold(syntax.Variable(r.info, to), nil, 0)
	}
}

func (r *reader) hold(variable *types.Var, value ast.Expr, result int) {
	if variable == nil {
		return
	}
	if literal, ok := syntax.Unparen(value).(*ast.FuncLit); ok {
		r.holding[literal] = append(r.holding[literal], variable)
	}
	decided := value != nil && r.node.Decided(value.Pos())
	r.given[variable] = append(r.given[variable], Value{value, r.node, result, decided})
}

func (r *reader) returns(n *ast.ReturnStmt, signature *types.Signature) {
	if signature != nil && len(n.Results) > 0 {
		r.list(signature.Results(), n.Results)
	}
}

// list gives variables a list of values, which may be one call with several results.
func (r *reader) list(to *types.Tuple, values []ast.Expr) {
	for i := 0; i < to.Len(); i++ {
		if value, result := syntax.Place(values, i); value != nil {
			r.hold(to.At(i).Origin(), value, result)
		}
	}
}

// call gives a function's parameters what it is called with.
func (r *reader) call(n *ast.CallExpr) {
	function := syntax.Callee(r.info, n)
	var signature *types.Signature
	if literal, ok := n.Fun.(*ast.FuncLit); ok {
		signature, _ = r.info.TypeOf(literal).(*types.Signature)
	} else if function != nil {
		id := syntax.Ident(n.Fun)
		r.named[id], r.static[id.Pos()] = true, function
		if to, value := flagVariable(r.info, function, n); to != nil {
			r.hold(to, value, 0)
		}
		signature, _ = function.Type().(*types.Signature)
	} else if variable := syntax.Variable(r.info, n.Fun); variable != nil {
		r.called[variable] = append(r.called[variable], n)
	}
	if signature == nil {
		return
	}
	last := signature.Params().Len() - 1
	for i := 0; i <= last; i++ {
		parameter := signature.Params().At(i).Origin()
		if value, result := syntax.Place(n.Args, i); value != nil && !(signature.Variadic() && i == last) {
			r.hold(parameter, value, result)
		}
	}
}
