// Package wrongtool is the rule wrong-tool: programs for which wasip1 is the wrong target, each said
// once, where it shows.
package wrongtool

import (
	"fmt"
	"go/ast"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/syntax"
	"wasip1.invalid/advisor/unsupported"
	"wasip1.invalid/advisor/workerpool"
)

// Name is what users know the rule by.
const Name = "wrong-tool"

// Rule is its entry in the table.
var Rule = rule.Rule{Name: Name, Find: find}

// kind is one sort of program, known by calls that it comes to.
type kind struct {
	calls    map[string]bool
	unless   map[string]bool // of these it makes another one
	what     string          // of a program that comes to one in every run, after the call's name
	optional string          // of one that may; "" where that says nothing
	why      string
	fix      string
}

var kinds = []kind{
	{
		calls: set("net.Listen", "net.ListenTCP", "net.ListenUDP", "net.ListenPacket", "net.ListenUnix",
			"(*net.ListenConfig).Listen", "(*net.ListenConfig).ListenPacket", "crypto/tls.Listen",
			"net/http.ListenAndServe", "net/http.ListenAndServeTLS",
			"(*net/http.Server).ListenAndServe", "(*net/http.Server).ListenAndServeTLS"),
		unless:   set("net.FileListener", "net.FilePacketConn"),
		what:     "is what every run comes to: this is a server, and wasip1 the wrong target for one",
		optional: "can be reached: if this program is to be a server, wasip1 is the wrong target for it",
		why: "WASI preview 1 has no call that listens: it knows only sockets that the host has opened. " +
			"Go listens on a fake network inside the module, to which nobody connects",
		fix: "keep the server native. Or make of it a command that answers one request, from its arguments " +
			"and stdin to stdout, behind a server of the host's that compiles the module once and keeps " +
			"instances ready. Or take a target that has servers: wasi:http of WASI preview 2, which Go's own " +
			"compiler does not make",
	},
	{
		calls: set("(*os/exec.Cmd).Run", "(*os/exec.Cmd).Start", "(*os/exec.Cmd).Output",
			"(*os/exec.Cmd).CombinedOutput", "os.StartProcess"),
		what: "is what every run comes to: this program runs others, and wasip1 has no processes",
		why:  "WASI preview 1 has no call that starts a program",
		fix: "keep it native. Or leave to the module what decides, and let it print what is to be run: " +
			"the host runs it",
	},
}

// Measured by bench/claims on two CPUs (docs/claims.md, worker pools): wall time, of a loop's.
const (
	batch = "workers do what every run comes to: this program is for many CPUs, and wasip1 has one"
	why   = "a module has one thread, whatever the machine has; jobs of a millisecond that 4 workers shared, " +
		"measured on two CPUs, took 0.53 of a loop's time natively, and 1.13 of it on wasip1"
	fix = "keep it native. Or have the host run one instance for each CPU, each with a part of the input"
)

func find(subject *rule.Subject) []exchange.Finding {
	findings := []exchange.Finding{}
	main := mainOf(subject)
	for _, each := range kinds {
		findings = append(findings, about(subject, main, each)...)
	}
	findings = append(findings, manyCPUs(subject, main)...)
	return append(findings, inBrowser(subject)...)
}

func mainOf(subject *rule.Subject) *callgraph.Node {
	for _, root := range subject.Graph.Roots {
		if root.Object != nil && root.Object.Name() == "main" {
			return root
		}
	}
	return nil
}

// about says of a program that it is of a kind, once.
func about(subject *rule.Subject, main *callgraph.Node, of kind) []exchange.Finding {
	isCall := func(node *callgraph.Node) bool { return isOne(of.calls, node) }
	reached := false
	for _, edge := range subject.Graph.InOrder() {
		if isOne(of.unless, edge.To) {
			return nil
		}
		reached = reached || isCall(edge.To)
	}
	if !reached {
		return nil
	}
	leading := subject.Graph.LeadingTo(isCall)
	cut := func(edge callgraph.Edge) bool { return edge.From.Own() && isSilenced(subject, edge, leading) }
	nothing := func(ast.Node) bool { return false }
	ends := func(edge callgraph.Edge) bool { return isCall(edge.To) && !cut(edge) }
	if main != nil {
		if chain, ok := (&certain{graph: subject.Graph, ends: ends, isEnd: nothing}).from(main); ok {
			return said(subject, chain, of, of.what, "warning")
		}
	}
	if of.optional == "" {
		return nil
	}
	var shortest callgraph.Chain
	chains := subject.Graph.Chains(cut)
	for _, edge := range subject.Graph.InOrder() {
		if chain, ok := chains[edge.From]; ok && ends(edge) && !edge.Implied {
			if shortest == nil || len(chain)+1 < len(shortest) {
				shortest = append(append(callgraph.Chain(nil), chain...), edge)
			}
		}
	}
	if shortest == nil {
		return nil
	}
	return said(subject, shortest, of, of.optional, "note")
}

// isSilenced tells whether a comment says that this is known: of this rule, or that the call cannot
// work.
func isSilenced(subject *rule.Subject, edge callgraph.Edge, leading map[*callgraph.Node]bool) bool {
	if !leading[edge.To] {
		return false
	}
	return subject.Silenced(Name, edge.Pos) || subject.Ignores.Silences(unsupported.Name, edge.Pos)
}

func isOne(names map[string]bool, node *callgraph.Node) bool {
	return node.Of == nil && node.Object != nil && names[syntax.FullName(node.Object)]
}

func said(
	subject *rule.Subject, chain callgraph.Chain, of kind, what, atMost string,
) []exchange.Finding {
	made := exchange.Finding{Rule: Name}
	if site, ok := rule.LastOwn(chain); ok {
		made = subject.At(Name, site.Pos)
	}
	made.Lower(atMost)
	made.What = fmt.Sprintf("%s %s", chain[len(chain)-1].To.Name(), what)
	made.Why, made.Fix = of.why, of.fix
	made.Details = subject.Chain(chain)
	return []exchange.Finding{made}
}

// manyCPUs says of a program whose every run comes to a pool for all CPUs that it is for those.
func manyCPUs(subject *rule.Subject, main *callgraph.Node) []exchange.Finding {
	if main == nil {
		return nil
	}
	for _, pool := range workerpool.Pools(subject) {
		pos := pool.Start.Pos()
		if !pool.PerCPU || subject.Ignores.Silences(workerpool.Name, pos) {
			continue
		}
		none := func(callgraph.Edge) bool { return false }
		is := func(n ast.Node) bool { return n == pool.Start }
		chain, ok := (&certain{graph: subject.Graph, ends: none, isEnd: is}).from(main)
		if !ok {
			continue
		}
		if subject.Silenced(Name, pos) {
			return nil
		}
		made := subject.At(Name, pos)
		made.Lower("warning")
		made.What, made.Why, made.Fix = pool.Size+" "+batch, why, fix
		made.Details = subject.Chain(chain)
		return []exchange.Finding{made}
	}
	return nil
}

func set(names ...string) map[string]bool {
	made := map[string]bool{}
	for _, name := range names {
		made[name] = true
	}
	return made
}
