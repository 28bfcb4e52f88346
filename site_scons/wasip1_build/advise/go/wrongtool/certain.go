package wrongtool

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/syntax"
)

// outcome is what comes of a statement, whatever its input.
type outcome int

const (
	goesOn outcome = iota // or nothing is known of it
	leaves                // the function may be over without
	dies                  // it failed
	meets                 // it comes to what is looked for
)

// certain answers what every run of a program comes to that does not fail before: a way through
// its functions on which nothing is decided by its input. The body of a loop counts as one round.
type certain struct {
	graph *callgraph.Graph
	ends  func(callgraph.Edge) bool // a call that is looked for
	isEnd func(ast.Node) bool       // a statement or call that is
	steps map[*callgraph.Node]callgraph.Edge
	open  map[*callgraph.Node]outcome
}

// from returns the chain from main to what is looked for; false where a run may do without.
func (c *certain) from(main *callgraph.Node) (callgraph.Chain, bool) {
	c.steps, c.open = map[*callgraph.Node]callgraph.Edge{}, map[*callgraph.Node]outcome{}
	if c.function(main) != meets {
		return nil, false
	}
	chain := callgraph.Chain{}
	for node := main; ; {
		edge, ok := c.steps[node]
		if !ok {
			return chain, true
		}
		chain = append(chain, edge)
		node = edge.To
	}
}

func (c *certain) function(node *callgraph.Node) outcome {
	if known, ok := c.open[node]; ok {
		return known
	}
	c.open[node] = goesOn
	declared := node.Declared()
	if declared == nil || declared.Body == nil {
		return goesOn
	}
	c.open[node] = c.list(node, declared.Body.List)
	return c.open[node]
}

func (c *certain) list(by *callgraph.Node, list []ast.Stmt) outcome {
	for _, each := range list {
		if found := c.statement(by, each); found != goesOn {
			return found
		}
	}
	return goesOn
}

func (c *certain) statement(by *callgraph.Node, of ast.Stmt) outcome {
	if of == nil || !by.Runs(of.Pos()) {
		return goesOn
	}
	if c.isEnd(of) {
		delete(c.steps, by) // of a branch that came to nothing
		return meets
	}
	switch n := of.(type) {
	case *ast.BlockStmt:
		return c.list(by, n.List)
	case *ast.LabeledStmt:
		return c.statement(by, n.Stmt)
	case *ast.IfStmt:
		return c.choice(by, n)
	case *ast.SwitchStmt:
		return c.first(c.statement(by, n.Init), c.expression(by, n.Tag), c.clauses(by, n.Body, false))
	case *ast.TypeSwitchStmt:
		return c.first(c.statement(by, n.Init), c.statement(by, n.Assign), c.clauses(by, n.Body, false))
	case *ast.SelectStmt:
		return c.clauses(by, n.Body, true)
	case *ast.ForStmt:
		return c.first(c.statement(by, n.Init), c.expression(by, n.Cond), c.round(by, n.Body))
	case *ast.RangeStmt:
		return c.first(c.expression(by, n.X), c.round(by, n.Body))
	case *ast.ReturnStmt:
		if c.expression(by, n) == meets {
			return meets
		}
		if fails(by.Of.Info, n) {
			return dies
		}
		return leaves
	case *ast.ExprStmt:
		return c.first(c.expression(by, n.X), ending(by.Of.Info, n.X))
	}
	return c.expression(by, of)
}

func (c *certain) first(found ...outcome) outcome {
	for _, each := range found {
		if each != goesOn {
			return each
		}
	}
	return goesOn
}

// round is that of a loop: what leaves it does not leave the program.
func (c *certain) round(by *callgraph.Node, body *ast.BlockStmt) outcome {
	if c.list(by, body.List) == meets {
		return meets
	}
	return goesOn
}

func (c *certain) choice(by *callgraph.Node, n *ast.IfStmt) outcome {
	if found := c.first(c.statement(by, n.Init), c.expression(by, n.Cond)); found != goesOn {
		return found
	}
	switch {
	case !by.Runs(n.Body.Pos()):
		return c.statement(by, n.Else)
	case n.Else != nil && !by.Runs(n.Else.Pos()):
		return c.list(by, n.Body.List)
	case n.Else == nil && by.Decided(n.Body.Pos()):
		return c.list(by, n.Body.List)
	}
	then := c.list(by, n.Body.List)
	if then == leaves && isAboutError(by.Of.Info, n.Cond) {
		then = dies
	}
	return together(then, c.statement(by, n.Else))
}

func (c *certain) clauses(by *callgraph.Node, body *ast.BlockStmt, whole bool) outcome {
	var found []outcome
	for _, each := range body.List {
		if !by.Runs(each.Pos()) {
			continue
		}
		switch clause := each.(type) {
		case *ast.CaseClause:
			whole = whole || clause.List == nil || by.Decided(clause.Pos())
			found = append(found, c.list(by, clause.Body))
		case *ast.CommClause:
			found = append(found, c.list(by, clause.Body))
		}
	}
	if !whole {
		found = append(found, goesOn)
	}
	return together(found...)
}

// together is what comes of statements of which one runs.
func together(found ...outcome) outcome {
	count := map[outcome]int{}
	for _, each := range found {
		count[each]++
	}
	switch {
	case count[leaves] > 0:
		return leaves
	case count[goesOn] > 0 || len(found) == 0:
		return goesOn
	case count[meets] > 0:
		return meets
	}
	return dies
}

// expression looks at the calls of an expression or a plain statement.
func (c *certain) expression(by *callgraph.Node, of ast.Node) outcome {
	if of == nil {
		return goesOn
	}
	found := goesOn
	by.Inspect(of, func(n ast.Node) bool {
		if found == meets {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // it may never be called
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				found = c.expression(by, n.X)
				return false
			}
		case *ast.CallExpr:
			if c.call(by, n) {
				found = meets
			}
		}
		return true
	})
	return found
}

// callsIt are functions that call the literal that they are given.
var callsIt = map[string]bool{
	"(*sync.WaitGroup).Go":                   true,
	"(*sync.Once).Do":                        true,
	"(*golang.org/x/sync/errgroup.Group).Go": true,
}

func (c *certain) call(by *callgraph.Node, n *ast.CallExpr) bool {
	if c.isEnd(n) {
		delete(c.steps, by)
		return true
	}
	if literal, ok := n.Fun.(*ast.FuncLit); ok {
		return c.list(by, literal.Body.List) == meets
	}
	function := syntax.Callee(by.Of.Info, n)
	if function == nil {
		return false
	}
	if len(n.Args) == 1 && callsIt[syntax.FullName(function)] {
		if literal, ok := n.Args[0].(*ast.FuncLit); ok && c.list(by, literal.Body.List) == meets {
			return true
		}
	}
	for _, edge := range by.Out {
		if n.Fun.Pos() <= edge.Pos && edge.Pos < n.Fun.End() && edge.To.Object == types.Object(function) {
			if c.ends(edge) || c.function(edge.To) == meets {
				c.steps[by] = edge
				return true
			}
		}
	}
	return false
}

// fails tells whether a return statement returns an error.
func fails(info *types.Info, n *ast.ReturnStmt) bool {
	if len(n.Results) == 0 {
		return false
	}
	last := n.Results[len(n.Results)-1]
	return syntax.Fails(info.TypeOf(last)) && !info.Types[last].IsNil()
}

// isAboutError tells whether a condition asks for an error.
func isAboutError(info *types.Info, cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		if expression, ok := n.(ast.Expr); ok {
			found = found || syntax.Fails(info.TypeOf(expression)) && !info.Types[expression].IsNil()
		}
		return !found
	})
	return found
}

// ending is what comes of a call that does not return.
func ending(info *types.Info, of ast.Expr) outcome {
	call, ok := of.(*ast.CallExpr)
	if !ok {
		return goesOn
	}
	if name, ok := call.Fun.(*ast.Ident); ok {
		if builtin, ok := info.Uses[name].(*types.Builtin); ok && builtin.Name() == "panic" {
			return dies
		}
	}
	function := syntax.Callee(info, call)
	if function == nil {
		return goesOn
	}
	switch syntax.FullName(function) {
	case "os.Exit":
		if value := info.Types[call.Args[0]].Value; value != nil && constant.Sign(value) == 0 {
			return leaves
		}
		return dies
	case "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln":
		return dies
	}
	return goesOn
}
