// Package values answers what a variable can hold: all that it is given anywhere in the artifact's own sources.
package values

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
)

// Value is an expression, of which a variable is given the result of this number.
type Value struct {
	ast.Expr
	Of     *source.Package
	Result int
}

// Set is what all variables, parameters and fields of the artifact's own packages are given.
type Set struct {
	given   map[*types.Var][]Value
	unknown map[*types.Var]bool            // given more than is seen
	called  map[*types.Var][]*ast.CallExpr // functions in variables
	holding map[*ast.FuncLit][]*types.Var
}

// Read looks at all of the artifact's own sources.
func Read(subject *rule.Subject) *Set {
	s := &Set{
		map[*types.Var][]Value{}, map[*types.Var]bool{},
		map[*types.Var][]*ast.CallExpr{}, map[*ast.FuncLit][]*types.Var{},
	}
	static := map[token.Pos]*types.Func{}
	for _, of := range subject.Packages {
		if of.Info == nil || of.Kind != exchange.Own {
			continue // other modules know nothing of the own ones, but what they are given
		}
		r := &reader{s, subject.Program, of, static}
		for _, file := range of.Files {
			ast.Inspect(file, r.visit)
		}
	}
	for _, edge := range subject.Graph.Edges() {
		function, ok := edge.To.Object.(*types.Func)
		if ok && edge.To.Own() && (edge.Implied || static[edge.Pos] != function) {
			parameters := function.Type().(*types.Signature).Params() // whoever calls it, somewhere
			for i := 0; i < parameters.Len(); i++ {
				s.unknown[parameters.At(i)] = true
			}
		}
	}
	for variable, given := range s.given {
		for _, each := range given {
			if literal, ok := calls.Unparen(each.Expr).(*ast.FuncLit); ok {
				s.holding[literal] = append(s.holding[literal], variable)
			}
		}
	}
	return s
}

// Of returns all that a variable is given; nothing where that is not known.
func (s *Set) Of(variable *types.Var) []Value {
	if s.unknown[variable] {
		return nil
	}
	return s.given[variable]
}

// Calls returns where a function literal is called by the name of a variable that holds it.
func (s *Set) Calls(literal *ast.FuncLit) []*ast.CallExpr {
	var found []*ast.CallExpr
	for _, each := range s.holding[literal] {
		found = append(found, s.called[each]...)
	}
	return found
}

// reader reads one package.
type reader struct {
	*Set
	program *source.Program
	of      *source.Package
	static  map[token.Pos]*types.Func
}

func (r *reader) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		r.assign(n)
	case *ast.ValueSpec:
		for i, name := range n.Names {
			switch {
			case len(n.Values) == len(n.Names):
				r.give(name, n.Values[i], 0)
			case len(n.Values) == 1:
				r.give(name, n.Values[0], i)
			}
		}
	case *ast.RangeStmt:
		r.lose(n.Key)
		r.lose(n.Value)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			r.lose(n.X)
		}
	case *ast.CompositeLit:
		r.literal(n)
	case *ast.CallExpr:
		r.call(n)
	}
	return true
}

func (r *reader) assign(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		switch {
		case len(n.Lhs) == len(n.Rhs):
			r.give(left, n.Rhs[i], 0)
		case len(n.Rhs) == 1:
			r.give(left, n.Rhs[0], i)
		}
	}
}

func (r *reader) give(to, value ast.Expr, result int) {
	if variable := calls.Variable(r.of.Info, to); variable != nil {
		r.given[variable] = append(r.given[variable], Value{value, r.of, result})
	}
}

func (r *reader) lose(to ast.Expr) {
	if to == nil {
		return
	}
	if variable := calls.Variable(r.of.Info, to); variable != nil {
		r.unknown[variable] = true
	}
}

func (r *reader) literal(n *ast.CompositeLit) {
	under := r.of.Info.TypeOf(n).Underlying()
	if pointer, ok := under.(*types.Pointer); ok { // an element &T{} of which &T is left out
		under = pointer.Elem().Underlying()
	}
	fields, ok := under.(*types.Struct)
	if !ok {
		return
	}
	for i, element := range n.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			r.give(pair.Key, pair.Value, 0)
		} else if i < fields.NumFields() {
			field := fields.Field(i).Origin()
			r.given[field] = append(r.given[field], Value{element, r.of, 0})
		}
	}
}

func (r *reader) call(n *ast.CallExpr) {
	callee := calls.Callee(r.of.Info, n)
	if callee == nil {
		if variable := calls.Variable(r.of.Info, n.Fun); variable != nil {
			r.called[variable] = append(r.called[variable], n)
		}
		return
	}
	if callee.Pkg() == nil {
		return // error's method
	}
	whose := r.program.Package(callee.Pkg().Path())
	if whose == nil || whose.Kind != exchange.Own {
		return
	}
	r.static[calls.Ident(n.Fun).Pos()] = callee
	signature := callee.Type().(*types.Signature)
	single := signature.Params().Len()
	if signature.Variadic() {
		single--
	}
	for i := 0; i < signature.Params().Len(); i++ {
		variable := signature.Params().At(i)
		if i < single && len(n.Args) >= single {
			r.given[variable] = append(r.given[variable], Value{n.Args[i], r.of, 0})
		} else {
			r.unknown[variable] = true // a list, or the results of another call
		}
	}
}
