package flush

import (
	"fmt"
	"go/ast"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/flow"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// shared looks at a package's variable, or a field, that is always a writer: whether anything in the
// program ends it, and whether the program ends before what is deferred.
func (f *finder) shared(variable *types.Var) {
	if variable == nil || variable.Embedded() {
		return
	}
	var call *calls.Call
	for _, each := range flow.Of(f.subject).All(variable) {
		if call = f.callOf(each.Expr); call == nil || each.Result != 0 {
			return
		}
	}
	if call == nil || !variable.IsField() && variable.Parent() != variable.Pkg().Scope() {
		return
	}
	made, ok := makers[call.Name()]
	if !ok {
		return
	}
	isEnded, isWritten := false, false
	inside := map[*ast.FuncDecl]map[*ast.Ident]use{}
	for _, of := range f.subject.Packages {
		if of.Why != "" {
			return // what it does is not known
		}
		if !f.subject.Looks(of) {
			continue
		}
		for _, file := range of.Files {
			for _, declared := range file.Decls {
				uses := f.usesOf(of, declared, variable)
				for id, what := range uses {
					switch what {
					case escapes:
						return
					case ended, deferred:
						isEnded = true
					case written:
						isWritten = isWritten || f.canRun(id)
					}
				}
				if function, ok := declared.(*ast.FuncDecl); ok && len(uses) > 0 {
					inside[function] = uses
				}
			}
		}
	}
	name := variable.Name()
	switch {
	case !isWritten:
	case !isEnded:
		f.say(call.Pos(), fmt.Sprintf("%s makes %s, and nothing calls %s.%s", call.Short(), name, name, made.end),
			kept(call), fmt.Sprintf("in main: `defer %s.%s()`%s", name, made.end, before(name, made)))
	case !variable.IsField():
		f.throughExits(variable, made, call, inside)
	}
}

// callOf returns the call that an expression is.
func (f *finder) callOf(e ast.Expr) *calls.Call {
	for _, each := range f.calls {
		if ast.Expr(each.CallExpr) == syntax.Unparen(e) {
			return each
		}
	}
	return nil
}

// canRun tells whether a call that names a writer can run.
func (f *finder) canRun(id *ast.Ident) bool {
	for _, call := range f.calls {
		if call.CallExpr.Pos() <= id.Pos() && id.Pos() < call.End() {
			return true
		}
	}
	return false
}

// throughExits follows a package's variable through each function that ends it when it returns.
func (f *finder) throughExits(
	variable *types.Var, made maker, call *calls.Call, inside map[*ast.FuncDecl]map[*ast.Ident]use,
) {
	using := map[types.Object]bool{}
	for object, each := range f.declared {
		if _, ok := inside[each.function]; ok {
			using[object] = true
		}
	}
	leading := f.subject.Graph.LeadingTo(func(n *callgraph.Node) bool {
		return n.Object != nil && using[n.Object]
	})
	touching := map[types.Object]bool{}
	for node := range leading {
		touching[node.Object] = true
	}
	for _, each := range f.inOrder() {
		uses := inside[each.function]
		isDeferred := false
		for _, what := range uses {
			isDeferred = isDeferred || what == deferred
		}
		if !isDeferred || each.function.Body == nil {
			continue
		}
		p := &path{
			f: f, of: each.of, variable: variable, uses: uses, lost: map[left]bool{},
			results:  each.of.Info.Defs[each.function.Name].Type().(*types.Signature),
			touching: func(callee *types.Func) bool { return touching[callee] },
		}
		p.block(each.function.Body.List, clean)
		for place := range p.lost {
			if !place.exit {
				delete(p.lost, place) // someone else may end it
			}
		}
		f.told(p, call, made, variable.Name())
	}
}

// inOrder are the functions that are looked at, as they stand in their sources.
func (f *finder) inOrder() []declaration {
	var found []declaration
	for _, of := range f.subject.Packages {
		if f.subject.Looks(of) {
			found = append(found, functions(of)...)
		}
	}
	return found
}

func functions(of *source.Package) []declaration {
	var found []declaration
	for _, file := range of.Files {
		for _, each := range file.Decls {
			if function, ok := each.(*ast.FuncDecl); ok {
				found = append(found, declaration{of, function})
			}
		}
	}
	return found
}
