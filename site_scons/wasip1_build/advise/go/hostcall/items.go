package hostcall

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/loops"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// isPerItem tells whether a call in a loop gives the host what belongs to the loop's item, where the
// items could be collected: not where they come as the host or time has it, and not where the call
// carries many of them already.
func isPerItem(loop *loops.Loop, site *calls.Site, given []ast.Expr) bool {
	info := loop.Of.Info
	items := itemsOf(loop)
	if len(items) == 0 || isInHead(loop, site.CallExpr) {
		return false
	}
	if !follow(info, loop.Node, items).reachesAny(given) || isChunk(loop, items, given) {
		return false
	}
	collected := map[types.Object]bool{}
	for object := range modified(info, loop.Node) {
		if !isWithin(loop.Node, object) {
			collected[object] = true
		}
	}
	for _, n := range site.Around {
		if n.Pos() <= loop.Pos() || !site.Guards(n) {
			continue
		}
		if isNowAndThen(info, n, collected) || isOneRound(info, n, items) || isFailing(info, n) {
			return false
		}
	}
	return !decides(loop, site, items, given, collected)
}

func isWithin(n ast.Node, object types.Object) bool {
	return n.Pos() <= object.Pos() && object.Pos() < n.End()
}

// itemsOf are the variables that hold something else in each round.
func itemsOf(loop *loops.Loop) []types.Object {
	info := loop.Of.Info
	var found []types.Object
	add := func(n ast.Expr) {
		if n == nil {
			return
		}
		if object := root(info, n); object != nil {
			found = append(found, object)
		}
	}
	switch n := loop.Node.(type) {
	case *ast.RangeStmt:
		if isOfMany(info, n.X) {
			return nil
		}
		add(n.Key)
		if n.Value != nil && !isMany(info.TypeOf(n.Value)) {
			add(n.Value)
		}
	case *ast.ForStmt:
		for object := range assigned(info, n.Init, n.Post) {
			found = append(found, object)
		}
		if n.Cond != nil {
			ast.Inspect(n.Cond, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if object, ok := info.Uses[id].(*types.Var); ok && !object.IsField() {
						found = append(found, object)
					}
				}
				return true
			})
		}
	case *ast.CallExpr:
		found = parameters(info, n)
	}
	return found
}

// assigned are the variables that the head of a for statement sets.
func assigned(info *types.Info, statements ...ast.Stmt) map[types.Object]bool {
	found := map[types.Object]bool{}
	for _, each := range statements {
		if each != nil {
			for object := range modified(info, each) {
				found[object] = true
			}
		}
	}
	return found
}

// isOfMany tells whether a range gives several items at once, or one when somebody sends it.
func isOfMany(info *types.Info, of ast.Expr) bool {
	if call, ok := of.(*ast.CallExpr); ok && syntax.CalleeName(info, call) == "slices.Chunk" {
		return true
	}
	found := info.TypeOf(of)
	if found == nil {
		return true
	}
	return syntax.IsChannel(found)
}

// isMany tells whether a value is several ones: a slice, but not of bytes.
func isMany(of types.Type) bool {
	if of == nil {
		return false
	}
	slice, ok := source.Unalias(of).Underlying().(*types.Slice)
	if !ok {
		return false
	}
	element, ok := source.Unalias(slice.Elem()).Underlying().(*types.Basic)
	return !ok || element.Kind() != types.Byte
}

// parameters are those of a function that is called for each item; of one that sorts, none.
func parameters(info *types.Info, call *ast.CallExpr) []types.Object {
	switch syntax.CalleeName(info, call) {
	case "sort.Slice", "sort.SliceStable", "slices.SortFunc", "slices.SortStableFunc":
		return nil
	}
	var found []types.Object
	for _, argument := range call.Args {
		literal, ok := argument.(*ast.FuncLit)
		if !ok {
			continue
		}
		for _, field := range literal.Type.Params.List {
			for _, name := range field.Names {
				if object := info.Defs[name]; object != nil {
					found = append(found, object)
				}
			}
		}
	}
	return found
}

// isInHead tells whether a call is in what is asked before each round.
func isInHead(loop *loops.Loop, call *ast.CallExpr) bool {
	n, ok := loop.Node.(*ast.ForStmt)
	return ok && call.Pos() < n.Body.Pos()
}

// isChunk tells whether what is given is a part of a whole outside of the loop, from one round's end
// to the next one's: `data[i:i+n]`.
func isChunk(loop *loops.Loop, items []types.Object, given []ast.Expr) bool {
	info := loop.Of.Info
	varying := follow(info, loop.Node, items)
	isPart := func(n ast.Node) bool {
		part, ok := n.(*ast.SliceExpr)
		if !ok {
			return false
		}
		whole := root(info, part.X)
		if whole == nil || isWithin(loop.Node, whole) {
			return false
		}
		return varying.reaches(part)
	}
	parts := map[types.Object]bool{}
	ast.Inspect(loop.Node, func(n ast.Node) bool {
		if n, ok := n.(*ast.AssignStmt); ok && len(n.Lhs) == len(n.Rhs) {
			for i, value := range n.Rhs {
				if object := root(info, n.Lhs[i]); object != nil && isPart(value) {
					parts[object] = true
				}
			}
		}
		return true
	})
	found := false
	for _, each := range given {
		ast.Inspect(each, func(n ast.Node) bool {
			found = found || n != nil && isPart(n)
			return !found
		})
		found = found || mentions(info, each, parts)
	}
	return found
}

// isFailing tells whether what stands in a statement runs where something failed: `if err != nil`.
func isFailing(info *types.Info, n ast.Node) bool {
	condition, ok := n.(*ast.IfStmt)
	if !ok {
		return false
	}
	binary, ok := condition.Cond.(*ast.BinaryExpr)
	if !ok || binary.Op != token.NEQ {
		return false
	}
	return syntax.IsError(info.TypeOf(binary.X))
}

// isOneRound tells whether what stands in a statement runs for one item: `if i == 0`.
func isOneRound(info *types.Info, n ast.Node, items []types.Object) bool {
	condition, ok := n.(*ast.IfStmt)
	if !ok {
		return false
	}
	numbers := map[types.Object]bool{}
	for _, each := range items {
		if basic, ok := each.Type().Underlying().(*types.Basic); ok && basic.Info()&types.IsInteger != 0 {
			numbers[each] = true
		}
	}
	found := false
	ast.Inspect(condition.Cond, func(n ast.Node) bool {
		if binary, ok := n.(*ast.BinaryExpr); ok && binary.Op == token.EQL {
			id, ok := binary.X.(*ast.Ident)
			found = found || ok && numbers[info.Uses[id]]
		}
		return !found
	})
	return found
}
