package workerpool

import (
	"go/ast"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/flow"
	"wasip1.invalid/advisor/source"
	"wasip1.invalid/advisor/syntax"
)

// work answers what goroutines do: whether all that they can reach only computes.
type work struct {
	graph *callgraph.Graph
	flow  *flow.Flow
}

// isForCPU tells whether functions do some work, and nothing that they can reach waits for
// something outside: files, the network, the clock, a function of the host.
func (w *work) isForCPU(targets []flow.Target) bool {
	works := false
	seen := map[*callgraph.Node]bool{}
	waiting := append([]flow.Target(nil), targets...)
	literals := map[*ast.FuncLit]bool{}
	for ; len(waiting) > 0; waiting = waiting[1:] {
		next := waiting[0]
		if next.Literal != nil && literals[next.Literal] || next.Literal == nil && seen[next.Node] {
			continue
		}
		if next.Literal != nil {
			literals[next.Literal] = true
		} else {
			seen[next.Node] = true
		}
		for _, edge := range next.Node.Out {
			switch {
			case !next.Has(edge.Pos) || seen[edge.To]:
			case waits(edge.To):
				return false
			case edge.To.Of != nil:
				waiting = append(waiting, flow.Target{Node: edge.To})
			}
		}
		for _, each := range w.bodies(next) {
			works = works || computes(next.Node, each)
			waiting = append(waiting, w.called(next.Node, each)...)
		}
	}
	return works
}

func (w *work) bodies(of flow.Target) []ast.Node {
	if of.Literal != nil {
		return []ast.Node{of.Literal.Body}
	}
	return of.Node.Syntax()
}

// called returns what may run where a function's value is called.
func (w *work) called(node *callgraph.Node, body ast.Node) []flow.Target {
	var found []flow.Target
	info := node.Of.Info
	node.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if kind := info.Types[call.Fun]; kind.IsType() || kind.IsBuiltin() || syntax.Callee(info, call) != nil {
			return true
		}
		if _, ok := call.Fun.(*ast.FuncLit); !ok {
			found = append(found, w.flow.Functions(call.Fun, node)...)
		}
		return true
	})
	return found
}

// computes tells whether a body does more than to hand items over: it calls what is not package
// sync's or context's, or makes a value of others.
func computes(node *callgraph.Node, body ast.Node) bool {
	found := false
	info := node.Of.Info
	node.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			kind := info.Types[n.Fun]
			function := syntax.Callee(info, n)
			switch {
			case kind.IsType() || kind.IsBuiltin():
			case function == nil:
				found = true
			case function.Pkg() == nil || !handsOver[function.Pkg().Path()]:
				found = true
			}
		case *ast.BinaryExpr:
			basic, ok := source.Unalias(info.TypeOf(n)).Underlying().(*types.Basic)
			found = found || ok && basic.Info()&types.IsNumeric != 0 && info.Types[n].Value == nil
		case *ast.AssignStmt:
			found = found || len(n.Rhs) == 1 && len(n.Lhs) == 1 && n.Tok.String() != "=" && n.Tok.String() != ":="
		}
		return !found
	})
	return found
}

var handsOver = map[string]bool{"sync": true, "sync/atomic": true, "context": true}

// waits tells whether a function waits for what is outside of the module.
func waits(node *callgraph.Node) bool {
	if node.Of != nil {
		declared := node.Declared()
		return declared != nil && declared.Body == nil && isImported(declared)
	}
	if node.Object == nil || node.Object.Pkg() == nil {
		return false
	}
	path, name := node.Object.Pkg().Path(), node.Object.Name()
	if receiver := syntax.ReceiverName(node.Object); receiver != "" {
		name = receiver + "." + name
	}
	if names, ok := onlyThese[path]; ok {
		return names[name] || names[strings.SplitN(name, ".", 2)[0]+".*"]
	}
	for _, each := range outside {
		if path == each || strings.HasPrefix(path, each+"/") {
			names := allBut[path]
			return !names[name] && !names[strings.SplitN(name, ".", 2)[0]+".*"] && !isError(node.Object)
		}
	}
	return false
}

// isImported tells whether a function is the host's.
func isImported(declared *ast.FuncDecl) bool {
	if declared.Doc != nil {
		for _, comment := range declared.Doc.List {
			if strings.HasPrefix(comment.Text, "//go:wasmimport ") {
				return true
			}
		}
	}
	return false
}

// isError tells whether an object is an error, or a method of one's.
func isError(object types.Object) bool {
	of := object.Type()
	if signature, ok := of.(*types.Signature); ok {
		if signature.Recv() == nil {
			return false
		}
		of = signature.Recv().Type()
	}
	return syntax.Fails(of)
}

// outside are packages of which nearly everything asks the system.
var outside = []string{"os", "net", "syscall", "database/sql", "log/syslog", "io/ioutil"}

// allBut are what of them only computes, or is over at once.
var allBut = map[string]map[string]bool{
	"os": set("Getenv", "LookupEnv", "Environ", "Expand", "ExpandEnv", "Exit", "Getpid", "Args",
		"Stdout", "Stderr", "File.Write", "File.WriteString", "IsNotExist", "IsExist", "IsPermission", "IsTimeout", "IsPathSeparator"),
	"net": set("ParseIP", "ParseCIDR", "ParseMAC", "IPv4", "CIDRMask", "IPv4Mask", "JoinHostPort",
		"SplitHostPort", "IP.*", "IPNet.*", "IPMask.*", "HardwareAddr.*"),
	"net/http": set("StatusText", "CanonicalHeaderKey", "DetectContentType", "Header.*", "ParseTime"),
	"net/url": set("Parse", "ParseQuery", "ParseRequestURI", "JoinPath", "QueryEscape", "PathEscape",
		"QueryUnescape", "PathUnescape", "User", "UserPassword", "URL.*", "Values.*", "Userinfo.*"),
	"net/netip": set("Addr.*", "AddrPort.*", "Prefix.*", "AddrFrom4", "AddrFrom16", "AddrFromSlice",
		"AddrPortFrom", "MustParseAddr", "MustParseAddrPort", "MustParsePrefix", "ParseAddr",
		"ParseAddrPort", "ParsePrefix", "PrefixFrom"),
	"net/mail": set("ParseAddress", "ParseAddressList", "ParseDate", "Address.*", "Header.*"),
}

// onlyThese are packages of which these wait, or read what may be outside. What is written is not
// among them: a hash is written to as a file is.
var onlyThese = map[string]map[string]bool{
	"io": set("Copy", "CopyN", "CopyBuffer", "ReadAll", "ReadFull", "ReadAtLeast", "Pipe",
		"PipeReader.*", "PipeWriter.*", "Reader.*", "ReaderAt.*", "ReaderFrom.*", "ByteReader.*"),
	"io/fs":         set("ReadFile", "ReadDir", "WalkDir", "Glob", "Stat", "FS.*", "File.*", "ReadFileFS.*"),
	"path/filepath": set("Walk", "WalkDir", "Glob", "EvalSymlinks"),
	"bufio":         set("Reader.*", "Scanner.Scan", "ReadWriter.*"),
	"fmt":           set("Scan", "Scanf", "Scanln", "Fscan", "Fscanf", "Fscanln"),
	"time": set("Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Timer.*",
		"Ticker.*"),
	"archive/zip": set("OpenReader"),
}

func set(names ...string) map[string]bool {
	made := map[string]bool{}
	for _, name := range names {
		made[name] = true
	}
	return made
}
