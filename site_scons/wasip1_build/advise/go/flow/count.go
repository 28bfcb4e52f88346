package flow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/syntax"
)

// Count is what is known of a number. CPUs names the call that says how many CPUs there are, if it
// may come from there; Most is the greatest constant that it may be; Unknown, it may be others.
type Count struct {
	CPUs    string
	Most    int64
	Unknown bool
}

func (c Count) or(other Count) Count {
	if c.CPUs == "" {
		c.CPUs = other.CPUs
	}
	if other.Most > c.Most {
		c.Most = other.Most
	}
	c.Unknown = c.Unknown || other.Unknown
	return c
}

// IsOne tells whether a number is known to be no more than one.
func (c Count) IsOne() bool { return c.CPUs == "" && !c.Unknown && c.Most <= 1 }

// Count returns what is known of the number that an expression of a function is.
func (f *Flow) Count(n ast.Expr, by *callgraph.Node) Count {
	return (&counter{f, map[*types.Var]bool{}}).of(n, by, 0)
}

// Size returns what is known of how many elements a channel, slice or array was made with, or of
// the weight of a semaphore.
func (f *Flow) Size(n ast.Expr, by *callgraph.Node) Count {
	return (&counter{f, map[*types.Var]bool{}}).size(n, by)
}

// counter follows one number; what it has seen it does not follow again.
type counter struct {
	*Flow
	seen map[*types.Var]bool
}

var unknown = Count{Unknown: true}

func (c *counter) of(n ast.Expr, by *callgraph.Node, result int) Count {
	if n == nil {
		return unknown
	}
	info := by.Of.Info
	if value := info.Types[n].Value; value != nil {
		number, ok := constant.Int64Val(constant.ToInt(value))
		return Count{Most: number, Unknown: !ok}
	}
	switch n := n.(type) {
	case *ast.ParenExpr:
		return c.of(n.X, by, result)
	case *ast.StarExpr:
		return c.of(n.X, by, result)
	case *ast.BinaryExpr:
		if !isArithmetic[n.Op] {
			return unknown
		}
		return c.of(n.X, by, 0).or(c.of(n.Y, by, 0)).or(unknown)
	case *ast.Ident, *ast.SelectorExpr:
		return c.variable(syntax.Variable(info, n))
	case *ast.CallExpr:
		return c.call(n, by, result)
	}
	return unknown
}

var isArithmetic = map[token.Token]bool{
	token.ADD: true, token.SUB: true, token.MUL: true, token.QUO: true, token.SHL: true, token.SHR: true,
}

func (c *counter) variable(of *types.Var) Count {
	if of == nil {
		return unknown
	}
	if c.seen[of] {
		return Count{}
	}
	c.seen[of] = true
	values := c.given[of]
	if len(values) == 0 {
		return unknown
	}
	var found Count
	for _, each := range values {
		count := c.of(each.Expr, each.By, each.Result)
		if each.decided && count.IsOne() {
			return count // what wasip1 gets is chosen there
		}
		found = found.or(count)
	}
	return found
}

func (c *counter) call(n *ast.CallExpr, by *callgraph.Node, result int) Count {
	info := by.Of.Info
	if kind := info.Types[n.Fun]; kind.IsType() && len(n.Args) == 1 {
		return c.of(n.Args[0], by, 0)
	}
	if name, ok := n.Fun.(*ast.Ident); ok {
		if _, ok := info.Uses[name].(*types.Builtin); ok {
			return c.builtin(name.Name, n.Args, by)
		}
	}
	function := syntax.Callee(info, n)
	if function == nil {
		return unknown
	}
	switch name := syntax.FullName(function); name {
	case "runtime.NumCPU", "runtime.GOMAXPROCS":
		return Count{CPUs: name}
	case "math.Min", "math.Max":
		return c.of(n.Args[0], by, 0).or(c.of(n.Args[1], by, 0))
	}
	if i := flagDefault(function); i >= 0 && i < len(n.Args) {
		return c.of(n.Args[i], by, 0).or(unknown)
	}
	if c.graph.NodeOf(function) == nil {
		return unknown
	}
	results := function.Type().(*types.Signature).Results()
	if result >= results.Len() {
		return unknown
	}
	return c.variable(results.At(result).Origin())
}

func (c *counter) builtin(name string, arguments []ast.Expr, by *callgraph.Node) Count {
	switch name {
	case "len", "cap":
		return c.size(arguments[0], by)
	case "min", "max":
		var found Count
		for _, each := range arguments {
			found = found.or(c.of(each, by, 0))
		}
		return found
	}
	return unknown
}

func (c *counter) size(n ast.Expr, by *callgraph.Node) Count {
	if call, ok := n.(*ast.CallExpr); ok {
		return c.made(call, by)
	}
	object := syntax.Variable(by.Of.Info, n)
	if object == nil || c.seen[object] {
		return unknown
	}
	c.seen[object] = true
	var found Count
	for _, each := range c.given[object] {
		if each.Expr == nil {
			found = found.or(unknown)
			continue
		}
		found = found.or(c.size(each.Expr, each.By))
	}
	return found
}

func (c *counter) made(n *ast.CallExpr, by *callgraph.Node) Count {
	if name, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 1 {
		if builtin, ok := by.Of.Info.Uses[name].(*types.Builtin); ok && builtin.Name() == "make" {
			return c.of(n.Args[1], by, 0)
		}
	}
	function := syntax.Callee(by.Of.Info, n)
	if function != nil && syntax.FullName(function) == "golang.org/x/sync/semaphore.NewWeighted" {
		return c.of(n.Args[0], by, 0)
	}
	return unknown
}

// isFlag are functions of package flag, and of those that are written like it, that make a number.
var isFlag = regexp.MustCompile(`^U?[Ii]nt(8|16|32|64)?(Var)?P?$`)

// flagDefault returns which argument of a function is the number that a flag has unless it is set;
// -1 where it makes no flag.
func flagDefault(function *types.Func) int {
	if function.Pkg() == nil || !isFlag.MatchString(function.Name()) {
		return -1
	}
	if path := function.Pkg().Path(); path != "flag" && !strings.HasSuffix(path, "/pflag") {
		return -1
	}
	i := 1
	if strings.Contains(function.Name(), "Var") {
		i++
	}
	if strings.HasSuffix(function.Name(), "P") {
		i++
	}
	return i
}

// flagVariable returns the variable that a flag sets, and its value unless it is set.
func flagVariable(info *types.Info, function *types.Func, n *ast.CallExpr) (*types.Var, ast.Expr) {
	i := flagDefault(function)
	if i < 0 || i >= len(n.Args) || !strings.Contains(function.Name(), "Var") {
		return nil, nil
	}
	pointer, ok := n.Args[0].(*ast.UnaryExpr)
	if !ok || pointer.Op != token.AND {
		return nil, nil
	}
	return syntax.Variable(info, pointer.X), n.Args[i]
}
