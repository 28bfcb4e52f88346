// Package collector is the rule gc-foot-guns: settings and calls of the garbage collector that harm
// on wasip1. TinyGo has another one, of which it says nothing.
package collector

import (
	"go/ast"
	"go/constant"
	"go/types"
	"math"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/loops"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/syntax"
)

// Name is what users know the rule by.
const Name = "gc-foot-guns"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

const (
	setPercent = "runtime/debug.SetGCPercent"
	setLimit   = "runtime/debug.SetMemoryLimit"
	freeMemory = "runtime/debug.FreeOSMemory"
	collect    = "runtime.GC"
)

// use is a mention of one of these functions.
type use struct {
	edge  callgraph.Edge
	site  *calls.Site    // nil where it is not called there
	value constant.Value // of its argument; nil where that is not constant
}

// number returns a constant argument.
func (u use) number() (int64, bool) {
	if u.value == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(u.value))
}

type finder struct {
	*rule.Subject
	uses map[string][]use // by function
}

func find(subject *rule.Subject) []exchange.Finding {
	if subject.Compiler != "go" {
		return nil
	}
	f := &finder{subject, map[string][]use{}}
	any := false
	for _, edge := range subject.Graph.InOrder() {
		switch name := edge.To.Name(); name {
		case setPercent, setLimit, freeMemory, collect:
			f.uses[name] = append(f.uses[name], f.use(edge))
			any = true
		}
	}
	if !any {
		return nil
	}
	var findings []exchange.Finding
	findings = append(findings, f.percents()...)
	findings = append(findings, f.limits()...)
	return append(findings, f.repeated(loops.In(subject))...)
}

func (f *finder) use(edge callgraph.Edge) use {
	made := use{edge: edge, site: calls.At(f.Program, edge.Pos)}
	if made.site != nil && len(made.site.Args) == 1 {
		made.value = made.site.Of.Info.Types[made.site.Args[0]].Value
	}
	return made
}

// say begins a finding at a use; false where it is not looked at, or silenced.
func (f *finder) say(of use) (exchange.Finding, bool) {
	if !f.Looks(of.edge.From.Of) || f.Silenced(Name, of.edge.Pos) {
		return exchange.Finding{}, false
	}
	return f.At(Name, of.edge.Pos), true
}

// percents finds constant ones that turn the collector off, or are not what the spec says.
func (f *finder) percents() []exchange.Finding {
	var findings []exchange.Finding
	for _, each := range f.uses[setPercent] {
		percent, ok := each.number()
		if !ok {
			continue
		}
		what, why, fix := "", "", ""
		switch {
		case percent < 0 && !f.isHeld(each):
			what, why, fix = whatOff, whyOff, fixOff
		case f.Main.GOGC != "" && shown(percent) != f.Main.GOGC && !f.isChanged(each):
			what, why, fix = against(percent, f.Main.GOGC)
		default:
			continue
		}
		if said, ok := f.say(each); ok {
			said.What, said.Why, said.Fix = what, why, fix
			findings = append(findings, said)
		}
	}
	return findings
}

// isHeld tells whether memory has a bound though this use turns the collector off: by a limit, by
// collections that the program asks for, or as it turns it on again.
func (f *finder) isHeld(off use) bool {
	if f.Main.MemoryLimit > 0 || len(f.uses[collect]) > 0 || len(f.uses[freeMemory]) > 0 {
		return true
	}
	for _, each := range f.uses[setLimit] {
		if limit, ok := each.number(); !ok || limit >= 0 && limit < math.MaxInt64 {
			return true
		}
	}
	return f.isChanged(off)
}

// isChanged tells whether the program sets another value, or one that is not known.
func (f *finder) isChanged(of use) bool {
	first, _ := of.number()
	for _, each := range f.uses[setPercent] {
		if percent, ok := each.number(); !ok || percent != first {
			return true
		}
	}
	return false
}

// limits finds constant ones that are not what the spec says.
func (f *finder) limits() []exchange.Finding {
	var findings []exchange.Finding
	for _, each := range f.uses[setLimit] {
		limit, ok := each.number()
		if !ok || limit < 0 { // a negative one only asks
			continue
		}
		what, why, fix := "", "", ""
		switch of := f.Main; {
		case of.MemoryLimit > 0 && limit != of.MemoryLimit:
			what, why, fix = againstLimit(limit, of.MemoryLimit)
		case of.MaxMemory > 0 && limit >= of.MaxMemory && limit < math.MaxInt64:
			what, why, fix = againstMaximum(limit, of.MaxMemory)
		default:
			continue
		}
		if said, ok := f.say(each); ok {
			said.What, said.Why, said.Fix = what, why, fix
			findings = append(findings, said)
		}
	}
	return findings
}

// repeated finds collections in loops that nothing slows down.
func (f *finder) repeated(set *loops.Set) []exchange.Finding {
	var findings []exchange.Finding
	for _, name := range []string{collect, freeMemory} {
		for _, each := range f.uses[name] {
			chain, loop := set.Repeated(each.edge)
			if loop == nil || isPaced(loop) || !f.isUnconditional(chain, loop) {
				continue
			}
			said, ok := f.say(each)
			if !ok {
				continue
			}
			said.What, said.Why, said.Fix = inLoop(name)
			if len(chain) > 1 {
				said.Details = f.Chain(chain)
			}
			findings = append(findings, said)
		}
	}
	return findings
}

// isPaced tells whether the rounds of a loop come as time passes or as others send.
func isPaced(loop *loops.Loop) bool {
	if each, ok := loop.Node.(*ast.RangeStmt); ok && syntax.IsChannel(loop.Of.Info.TypeOf(each.X)) {
		return true
	}
	paced := false
	ast.Inspect(loop.Node, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && syntax.CalleeName(loop.Of.Info, call) == "time.Sleep" {
			paced = true
		}
		return !paced
	})
	return paced
}

// isUnconditional tells whether all calls of a chain run in each round, as far as conditions that
// compare or count go.
func (f *finder) isUnconditional(chain callgraph.Chain, loop *loops.Loop) bool {
	for i, edge := range chain {
		site := calls.At(f.Program, edge.Pos)
		if site == nil {
			return false
		}
		for _, n := range site.Around {
			if i == 0 && n.Pos() <= loop.Pos() {
				continue
			}
			if site.Guards(n) && isGuard(site.Of.Info, n) {
				return false
			}
		}
	}
	return true
}

// isGuard tells whether a statement lets through what stands in it now and then, or where a variable
// was set for it: `if debugging`.
func isGuard(info *types.Info, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		return compares(n.Cond) || isSwitch(info, n.Cond)
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return true
	}
	return false
}
