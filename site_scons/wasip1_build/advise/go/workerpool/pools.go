package workerpool

import (
	"go/ast"
	"go/token"
	"go/types"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/flow"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// Pool is goroutines that share work for the CPU, at the statement that starts them. Size is how
// many there are, as the source says it.
type Pool struct {
	Node   *callgraph.Node
	Start  ast.Node // a *ast.GoStmt, or a *ast.CallExpr
	Size   string
	PerCPU bool
}

// Pools returns those that the sources start that rules look at, in their order: one for each loop.
func Pools(subject *rule.Subject) []Pool {
	return subject.Once("pools", func() any { return pools(subject) }).([]Pool)
}

func pools(subject *rule.Subject) []Pool {
	var starts []start
	for _, node := range subject.Graph.Nodes() {
		if subject.Looks(node.Of) {
			starts = append(starts, startsIn(node)...)
		}
	}
	if len(starts) == 0 {
		return nil
	}
	s := newSearch(subject)
	told := map[ast.Node]bool{}
	var found []Pool
	for _, each := range starts {
		size, perCPU := s.size(each)
		if size == "" || told[each.loops[0]] || !s.work.isForCPU(s.targets(each)) {
			continue
		}
		told[each.loops[0]] = true
		found = append(found, Pool{each.node, each.at, size, perCPU})
	}
	return withOneCPU(subject.Graph, s.flow, found)
}

// withOneCPU returns those that a program starts where it sees one CPU.
func withOneCPU(graph *callgraph.Graph, flow *flow.Flow, pools []Pool) []Pool {
	if len(pools) == 0 {
		return nil
	}
	alone := aloneIn(graph, flow)
	chains := graph.Chains(func(edge callgraph.Edge) bool { return alone.leaves(edge.From, edge.Pos) })
	var found []Pool
	for _, each := range pools {
		if _, ok := chains[each.Node]; ok && !alone.leaves(each.Node, each.Start.Pos()) {
			found = append(found, each)
		}
	}
	return found
}

// start is a goroutine that is started in loops, outermost first.
type start struct {
	node  *callgraph.Node
	at    ast.Node
	fun   ast.Expr   // what runs as one
	args  []ast.Expr // that it is given
	group *types.Var
	loops []ast.Node
}

// startsIn returns the goroutines that a function starts in a loop.
func startsIn(node *callgraph.Node) []start {
	var found []start
	for _, body := range node.Syntax() {
		collect(node, body, nil, &found)
	}
	return found
}

func collect(node *callgraph.Node, of ast.Node, loops []ast.Node, found *[]start) {
	node.Inspect(of, func(n ast.Node) bool {
		if n == of {
			return true
		}
		inner := loops
		switch n := n.(type) {
		case *ast.FuncLit:
			inner = nil
		case *ast.ForStmt, *ast.RangeStmt:
			inner = append(append([]ast.Node(nil), loops...), n)
		case *ast.GoStmt:
			*found = add(*found, start{node, n, n.Call.Fun, n.Call.Args, nil, loops})
			return true
		case *ast.CallExpr:
			if group := startedBy(node.Of.Info, n); group != nil {
				*found = add(*found, start{node, n, n.Args[0], nil, group, loops})
			}
			return true
		default:
			return true
		}
		collect(node, n, inner, found)
		return false
	})
}

func add(found []start, made start) []start {
	if len(made.loops) == 0 {
		return found
	}
	return append(found, made)
}

// ofGroups are methods that start a function as a goroutine.
var ofGroups = map[string]bool{
	"(*sync.WaitGroup).Go":                      true,
	"(*golang.org/x/sync/errgroup.Group).Go":    true,
	"(*golang.org/x/sync/errgroup.Group).TryGo": true,
}

// startedBy returns the variable of the group that starts a goroutine; nil where a call is none.
func startedBy(info *types.Info, n *ast.CallExpr) *types.Var {
	function := syntax.Callee(info, n)
	if function == nil || !ofGroups[syntax.FullName(function)] || len(n.Args) != 1 {
		return nil
	}
	return groupOf(info, n)
}

// groupOf returns the variable of which a method is called; nil where that is none.
func groupOf(info *types.Info, n *ast.CallExpr) *types.Var {
	if of := syntax.Receiver(info, n); of != nil {
		return syntax.Variable(info, of)
	}
	return nil
}

// limit is what SetLimit gives a group.
type limit struct {
	value ast.Expr
	by    *callgraph.Node
}

func limits(graph *callgraph.Graph) map[*types.Var]limit {
	found := map[*types.Var]limit{}
	if graph.Program.Package("golang.org/x/sync/errgroup") == nil {
		return found
	}
	for _, node := range graph.Nodes() {
		for _, body := range node.Syntax() {
			node.Inspect(body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 1 {
					return true
				}
				function := syntax.Callee(node.Of.Info, call)
				if function == nil || syntax.FullName(function) != "(*golang.org/x/sync/errgroup.Group).SetLimit" {
					return true
				}
				if group := groupOf(node.Of.Info, call); group != nil {
					found[group] = limit{call.Args[0], node}
				}
				return true
			})
		}
	}
	return found
}

// search looks for what makes a pool of goroutines.
type search struct {
	flow   *flow.Flow
	work   *work
	limits map[*types.Var]limit
}

func newSearch(subject *rule.Subject) *search {
	read := flow.Of(subject)
	return &search{read, &work{subject.Graph, read}, limits(subject.Graph)}
}

// size returns how many goroutines there are, and whether that is by the CPUs; "" where they are no
// pool.
func (s *search) size(each start) (string, bool) {
	if found, ok := s.limits[each.group]; ok {
		if count := s.flow.Count(found.value, found.by); count.CPUs != "" {
			return count.CPUs + "()", true
		}
	}
	for i := len(each.loops) - 1; i >= 0; i-- {
		for _, bound := range s.bounds(each.loops[i], each.node) {
			if bound.CPUs != "" {
				return bound.CPUs + "()", true
			}
		}
	}
	if cpus := s.slots(each); cpus != "" {
		return cpus + "()", true
	}
	return s.takers(each), false
}

// bounds returns what decides how many rounds a loop has.
func (s *search) bounds(loop ast.Node, by *callgraph.Node) []flow.Count {
	switch n := loop.(type) {
	case *ast.RangeStmt:
		if syntax.IsInteger(by.Of.Info.TypeOf(n.X)) {
			return []flow.Count{s.flow.Count(n.X, by)}
		}
		return []flow.Count{s.flow.Size(n.X, by)}
	case *ast.ForStmt:
		var found []flow.Count
		if cond, ok := n.Cond.(*ast.BinaryExpr); ok {
			found = append(found, s.flow.Count(cond.X, by), s.flow.Count(cond.Y, by))
		}
		if post, ok := n.Post.(*ast.AssignStmt); ok && len(post.Rhs) == 1 {
			found = append(found, s.flow.Count(post.Rhs[0], by))
		}
		return found
	}
	return nil
}

// slots returns by what a channel or semaphore has one slot for each CPU, of which each goroutine
// takes one: the loop asks for it, or the goroutine itself.
func (s *search) slots(each start) string {
	found := ""
	ask := func(n ast.Expr) {
		if cpus := s.flow.Size(n, each.node).CPUs; cpus != "" && found == "" {
			found = cpus
		}
	}
	info := each.node.Of.Info
	each.node.Inspect(each.loops[len(each.loops)-1], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			if isSlot(info.TypeOf(n.Value)) {
				ask(n.Chan)
			}
		case *ast.CallExpr:
			if function := syntax.Callee(info, n); function != nil &&
				syntax.FullName(function) == "(*golang.org/x/sync/semaphore.Weighted).Acquire" {
				ask(n.Fun.(*ast.SelectorExpr).X)
			}
		}
		return true
	})
	return found
}

// isSlot tells whether a type is one of which values say nothing.
func isSlot(of types.Type) bool {
	if of == nil {
		return false
	}
	switch under := source.Unalias(of).Underlying().(type) {
	case *types.Struct:
		return under.NumFields() == 0
	case *types.Basic:
		return under.Info()&types.IsBoolean != 0
	}
	return false
}

// takers returns how many goroutines a counting loop starts that all take items from one channel;
// "" where it is no such loop, or one is all.
func (s *search) takers(each start) string {
	loop := each.loops[len(each.loops)-1]
	var bound ast.Expr
	switch n := loop.(type) {
	case *ast.RangeStmt:
		if syntax.IsInteger(each.node.Of.Info.TypeOf(n.X)) {
			bound = n.X
		}
	case *ast.ForStmt:
		cond, ok := n.Cond.(*ast.BinaryExpr)
		if _, counts := n.Post.(*ast.IncDecStmt); ok && counts && syntax.IsInteger(each.node.Of.Info.TypeOf(cond.X)) {
			bound = cond.Y
		}
	}
	if bound == nil || s.flow.Count(bound, each.node).IsOne() {
		return ""
	}
	for _, target := range s.targets(each) {
		if channel := taken(target); channel != nil && !s.isOwn(channel, target, each, loop) {
			if value := each.node.Of.Info.Types[bound].Value; value != nil {
				return value.String()
			}
			return types.ExprString(bound)
		}
	}
	return ""
}

// taken returns the channel of which a function takes items until there are no more; nil where it
// does not.
func taken(target flow.Target) ast.Expr {
	var found ast.Expr
	info := target.Node.Of.Info
	var loops func(of ast.Node, inLoop bool)
	loops = func(of ast.Node, inLoop bool) {
		target.Node.Inspect(of, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.RangeStmt:
				if syntax.IsChannel(info.TypeOf(n.X)) && found == nil {
					found = n.X
				}
			case *ast.ForStmt:
				if n != of {
					loops(n, true)
					return false
				}
			case *ast.UnaryExpr:
				if n.Op == token.ARROW && inLoop && found == nil && !isSlot(info.TypeOf(n)) {
					found = n.X
				}
			}
			return true
		})
	}
	if body := target.Body(); body != nil {
		loops(body, false)
	}
	return found
}

// isOwn tells whether each goroutine has a channel of its own: one that the loop makes or chooses.
func (s *search) isOwn(channel ast.Expr, target flow.Target, each start, loop ast.Node) bool {
	object := syntax.Variable(target.Node.Of.Info, channel)
	if object == nil {
		return true // an element, or what a call returns: not known to be one
	}
	if signature, ok := target.Node.Of.Info.TypeOf(each.fun).(*types.Signature); ok && target.Literal != nil {
		return s.given(object, signature, each, loop)
	}
	if function, ok := target.Node.Object.(*types.Func); ok {
		return s.given(object, function.Type().(*types.Signature), each, loop)
	}
	return s.flow.IsGiven(object, loop)
}

func (s *search) given(object *types.Var, signature *types.Signature, each start, loop ast.Node) bool {
	for i := 0; i < signature.Params().Len() && i < len(each.args); i++ {
		if signature.Params().At(i).Origin() == object {
			given := syntax.Variable(each.node.Of.Info, each.args[i])
			return given == nil || s.flow.IsGiven(given, loop)
		}
	}
	return s.flow.IsGiven(object, loop)
}

// targets returns what may run as the goroutine.
func (s *search) targets(each start) []flow.Target { return s.flow.Functions(each.fun, each.node) }
