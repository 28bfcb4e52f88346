package hostcall

import (
	"go/ast"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/source"
)

// preview1 is the module of WASI's own functions: what they take is not the programmer's choice.
const preview1 = "wasi_snapshot_preview1"

// function is one without a body that the host gives.
type function struct {
	of           *source.Package
	module, name string
}

// functions finds them: with //go:wasmimport, or with TinyGo's //export below //go:wasm-module.
func functions(subject *rule.Subject) map[types.Object]function {
	found := map[types.Object]function{}
	for _, each := range subject.Packages {
		if each.Info == nil || each.Why != "" {
			continue
		}
		for _, file := range each.Files {
			for _, declared := range file.Decls {
				bare, ok := declared.(*ast.FuncDecl)
				if !ok || bare.Body != nil || bare.Doc == nil {
					continue
				}
				module, name := imported(subject.Compiler, bare.Doc)
				if object := each.Info.Defs[bare.Name]; object != nil && name != "" {
					found[object] = function{each, module, name}
				}
			}
		}
	}
	return found
}

func imported(compiler string, doc *ast.CommentGroup) (module, name string) {
	for _, comment := range doc.List {
		words := strings.Fields(comment.Text)
		switch {
		case len(words) == 3 && words[0] == "//go:wasmimport":
			return words[1], words[2]
		case compiler == "tinygo" && len(words) == 2 && words[0] == "//go:wasm-module":
			module = words[1]
		case compiler == "tinygo" && len(words) == 2 && (words[0] == "//export" || words[0] == "//go:export"):
			name = words[1]
		}
	}
	if name != "" && module == "" {
		module = "env"
	}
	return module, name
}

// Any tells whether a function of the host can be called, apart from WASI's own.
func Any(subject *rule.Subject) bool {
	known := functions(subject)
	for _, edge := range subject.Graph.InOrder() {
		if found, ok := known[edge.To.Object]; ok && found.module != preview1 {
			return true
		}
	}
	return false
}

// toHost are the edges to functions of the host that stand in sources that rules look at.
func toHost(subject *rule.Subject, known map[types.Object]function) []callgraph.Edge {
	var found []callgraph.Edge
	for _, edge := range subject.Graph.InOrder() {
		if _, ok := known[edge.To.Object]; ok && subject.Looks(edge.From.Of) {
			found = append(found, edge)
		}
	}
	return found
}
