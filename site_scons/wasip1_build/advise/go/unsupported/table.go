package unsupported

import (
	_ "embed"
	"encoding/json"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/syntax"
)

// Each call in it was run on Go 1.27.3 for wasip1 by wasmtime, and a test runs them again.
//
//go:embed calls.json
var calls []byte

// group is calls that fail for one reason.
type group struct {
	Lack   string            `json:"lack"`    // what wasip1 does not have
	Why    string            `json:"why"`     // they cannot work
	Go     string            `json:"go"`      // what Go does in its place; or ""
	AtMost string            `json:"at_most"` // the severity above which they do not rise; or ""
	Unless unless            `json:"unless"`
	Calls  map[string]string `json:"calls"` // by full name: "fails: " or "hangs: " and the message, or "waits for ever"
}

// unless is what makes calls of a group work: the program brings what they need.
type unless struct {
	Implements string   `json:"implements"` // a type of the program's becomes this interface's value
	Sets       []string `json:"sets"`       // one of these variables or fields is given a value
}

// row is one call.
type row struct {
	group
	Does string
}

// rowsFor is the table without what works in this program.
func rowsFor(graph *callgraph.Graph) map[string]row {
	var groups []group
	if err := json.Unmarshal(calls, &groups); err != nil {
		panic(err) // it is compiled in
	}
	rows := map[string]row{}
	for _, each := range groups {
		if works(each.Unless, graph) {
			continue
		}
		for name, does := range each.Calls {
			rows[name] = row{each, does}
		}
	}
	return rows
}

func works(unless unless, graph *callgraph.Graph) bool {
	for _, name := range unless.Sets {
		if graph.Set[name] {
			return true
		}
	}
	if unless.Implements == "" {
		return false
	}
	of := graph.InterfaceOf(unless.Implements)
	return of != nil && graph.Implements(of)
}

// rowOf returns the row of a node that is the standard library's.
func rowOf(table map[string]row, node *callgraph.Node) (row, bool) {
	if node.Of != nil || node.Object == nil {
		return row{}, false
	}
	found, ok := table[syntax.FullName(node.Object)]
	return found, ok
}
