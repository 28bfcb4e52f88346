package output

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/streams"
	"wasip1.invalid/advisor/syntax"
)

// mender makes the edits by which a function writes to standard output through a buffer: from the
// statement on in which the first of the items is, to the function's end. Nothing else may write
// there meanwhile, end the program, or wait for what is read.
type mender struct {
	*looked
	first     item
	statement ast.Stmt // before which the buffer is made
	name      string   // of the buffer
	edits     []exchange.Edit
	converted map[token.Pos]bool // mentions in the graph
}

// mend returns the edits for all that one function writes to standard output many times; nil where
// they cannot be made by rule.
func (l *looked) mend(items []item) []exchange.Edit {
	m := &mender{looked: l, first: items[0], converted: map[token.Pos]bool{}}
	if m.first.In == nil || m.first.Literal() != nil {
		return nil
	}
	start := m.first.Pos()
	for _, each := range items {
		from := m.origin(each)
		meant := l.subject.Ignores.Silences(Name, each.Pos())
		if meant || each.chain != nil || each.Literal() != nil || !from.IsValid() {
			return nil
		}
		if from < start {
			start = from
		}
	}
	for _, each := range m.first.In.Body.List {
		if each.End() > start {
			m.statement = each
			break
		}
	}
	if m.statement == nil || !m.isPlain() {
		return nil
	}
	m.name = m.free("out", "stdout", "buffered")
	if m.name == "" || !m.convert() || !m.isAlone() || !m.declare() {
		return nil
	}
	return m.edits
}

// origin is where a call names standard output, by itself or when what it goes through was made.
func (m *mender) origin(of item) token.Pos {
	if printing := strings.HasPrefix(of.Name(), "fmt.Print"); printing {
		return of.Pos()
	}
	if of.stream.Through == "" {
		if m.mention(of.Call) != nil {
			return of.Pos()
		}
		return token.NoPos
	}
	for _, call := range m.calls {
		if call.In == of.In && call.Name() == of.stream.Through && m.mention(call) != nil {
			return call.Pos()
		}
	}
	return token.NoPos
}

// mention returns os.Stdout where that is what a call writes to, or makes something around.
func (m *mender) mention(call *calls.Call) *ast.SelectorExpr {
	e, ok := streams.Target(call)
	if !ok {
		return nil
	}
	named, ok := syntax.Unparen(e).(*ast.SelectorExpr)
	if !ok || m.streams.Of(call.Of, named) != (streams.Stream{Base: streams.Stdout}) {
		return nil
	}
	if object := call.Of.Info.Uses[named.Sel]; object == nil || syntax.FullName(object) != streams.Stdout {
		return nil
	}
	return named
}

func (m *mender) isLater(pos token.Pos) bool {
	return m.statement.Pos() <= pos && pos < m.first.In.End()
}

// isPlain tells whether the statements are such that they end, and each runs after the other.
func (m *mender) isPlain() bool {
	plain := true
	info := m.first.Of.Info
	ast.Inspect(m.first.In.Body, func(n ast.Node) bool {
		if n == nil || n.End() <= m.statement.Pos() {
			return plain
		}
		switch n := n.(type) {
		case *ast.FuncLit, *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt:
			plain = false
		case *ast.UnaryExpr:
			plain = plain && n.Op != token.ARROW
		case *ast.BranchStmt:
			plain = plain && n.Tok != token.GOTO
		case *ast.ForStmt:
			plain = plain && n.Cond != nil
		case *ast.RangeStmt:
			_, function := info.TypeOf(n.X).Underlying().(*types.Signature)
			plain = plain && !syntax.IsChannel(info.TypeOf(n.X)) && !function
		case *ast.CallExpr:
			plain = plain && (syntax.Callee(info, n) != nil || isKnown(info, n))
		}
		return plain
	})
	return plain
}

// isKnown tells whether what looks like a call of a value is a conversion, or built in.
func isKnown(info *types.Info, n *ast.CallExpr) bool {
	kind, ok := info.Types[n.Fun]
	return ok && (kind.IsType() || kind.IsBuiltin())
}

// isAlone tells whether nothing that is called meanwhile writes to standard output by itself, ends
// the program or waits.
func (m *mender) isAlone() bool {
	bad := m.disturbing()
	for _, edge := range m.first.Edge.From.Out {
		if m.isLater(edge.Pos) && bad[edge.To] && !m.converted[edge.Pos] {
			return false
		}
	}
	for _, call := range m.calls {
		if call.In == m.first.In && m.isLater(call.Pos()) {
			if stream, ok := m.streams.IsRead(call); ok && stream.Base != streams.File {
				return false
			}
		}
	}
	return true
}

// disturbing are the functions that may write to standard output, end the program or wait.
func (l *looked) disturbing() map[*callgraph.Node]bool {
	if l.bad == nil {
		l.bad = l.subject.Graph.LeadingTo(func(n *callgraph.Node) bool {
			if n.Object == nil || n.Of != nil {
				return false
			}
			name := syntax.FullName(n.Object)
			return streams.IsGlobal(name) || syntax.Exits(name) || strings.HasPrefix(name, "flag.Parse") ||
				strings.HasPrefix(name, "(*flag.FlagSet).Parse") || name == "time.Sleep" ||
				strings.HasSuffix(name, ").Wait") || l.logged.Base != "" && strings.HasPrefix(name, "log.")
		})
	}
	return l.bad
}

// convert makes the edits of all calls that write to standard output.
func (m *mender) convert() bool {
	for _, call := range m.calls {
		if call.In != m.first.In || !m.isLater(call.Pos()) {
			continue
		}
		if named := m.mention(call); named != nil {
			m.edit(named.Pos(), named.End(), m.name)
			m.converted[named.Sel.Pos()] = true
			continue
		}
		if !strings.HasPrefix(call.Name(), "fmt.Print") || m.converted[call.Pos()] {
			continue
		}
		id, text := syntax.Ident(call.Fun), m.name
		m.edit(id.Pos(), id.End(), "F"+strings.ToLower(id.Name[:1])+id.Name[1:])
		if len(call.Args) > 0 {
			text += ", "
		}
		m.edit(call.Lparen+1, call.Lparen+1, text)
		m.converted[call.Pos()] = true
	}
	return len(m.edits) > 0
}

func (m *mender) edit(from, to token.Pos, text string) {
	fset := m.subject.Program.Fset
	m.edits = append(m.edits, exchange.Edit{
		File: m.subject.Program.File(from),
		From: fset.PositionFor(from, false).Offset, To: fset.PositionFor(to, false).Offset, Text: text,
	})
}

// declare makes the edits that make the buffer, and import what it needs.
func (m *mender) declare() bool {
	at := m.statement.Pos()
	for _, group := range m.first.File.Comments {
		if m.line(group.End())+1 == m.line(at) && m.isAtStart(group.Pos()) {
			at = group.Pos() // it is about the statement
		}
	}
	if !m.isAtStart(at) {
		return false
	}
	bufio, missing := m.imported("bufio")
	system, absent := m.imported("os")
	if bufio == "" || system == "" {
		return false
	}
	indent := m.subject.Program.Line(at)
	indent = indent[:len(indent)-len(strings.TrimLeft(indent, "\t "))]
	m.edit(at, at, m.name+" := "+bufio+".NewWriter("+system+".Stdout)\n"+
		indent+"defer "+m.name+".Flush()\n"+indent)
	var added []string
	if missing {
		added = append(added, "bufio")
	}
	if absent {
		added = append(added, "os")
	}
	return m.imports(added)
}

func (m *mender) line(pos token.Pos) int { return m.subject.Program.Fset.PositionFor(pos, false).Line }

// isAtStart tells whether nothing is before a position on its line.
func (m *mender) isAtStart(pos token.Pos) bool {
	column := m.subject.Program.Fset.PositionFor(pos, false).Column
	line := m.subject.Program.Line(pos)
	return column-1 <= len(line) && strings.TrimSpace(line[:column-1]) == ""
}

// free is the first of some names that the file and its package do not use.
func (m *mender) free(names ...string) string {
	used := m.used()
	for _, name := range names {
		if !used[name] && m.first.Of.Types.Scope().Lookup(name) == nil {
			return name
		}
	}
	return ""
}

func (m *mender) used() map[string]bool {
	used := map[string]bool{}
	ast.Inspect(m.first.File, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	return used
}

// imported is how the file calls a package, and whether that is still to be imported; "" where it
// cannot be called.
func (m *mender) imported(path string) (string, bool) {
	for _, spec := range m.first.File.Imports {
		if spec.Path.Value != strconv.Quote(path) {
			continue
		}
		name := path
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "_" || name == "." || m.isHidden(name) {
			return "", false
		}
		return name, false
	}
	return m.free(path), true
}

// isHidden tells whether a package's name means something else somewhere in the function.
func (m *mender) isHidden(name string) bool {
	hidden := false
	ast.Inspect(m.first.In, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name && m.first.Of.Info.Defs[id] != nil {
			hidden = true
		}
		return !hidden
	})
	return hidden
}

// imports makes the edits that import packages, each before the first that comes after it.
func (m *mender) imports(paths []string) bool {
	if len(paths) == 0 {
		return true
	}
	var declared *ast.GenDecl
	for _, each := range m.first.File.Decls {
		if found, ok := each.(*ast.GenDecl); ok && found.Tok == token.IMPORT && len(found.Specs) > 0 {
			declared = found
			break
		}
	}
	if declared == nil {
		return false // it writes without an import of fmt or os
	}
	texts := map[token.Pos]string{}
	var order []token.Pos
	for _, path := range paths {
		at, text := m.place(declared, path)
		if _, ok := texts[at]; !ok {
			order = append(order, at)
		}
		texts[at] += text
	}
	for _, at := range order {
		m.edit(at, at, texts[at])
	}
	return true
}

func (m *mender) place(declared *ast.GenDecl, path string) (token.Pos, string) {
	quoted := strconv.Quote(path)
	if !declared.Lparen.IsValid() {
		if quoted < declared.Specs[0].(*ast.ImportSpec).Path.Value {
			return declared.Pos(), "import " + quoted + "\n"
		}
		return declared.End(), "\nimport " + quoted
	}
	last := declared.Specs[0]
	for i, each := range declared.Specs {
		if i > 0 && m.line(each.Pos()) > m.line(last.End())+1 {
			break // the end of its block
		}
		if quoted < each.(*ast.ImportSpec).Path.Value {
			return each.Pos(), quoted + "\n\t"
		}
		last = each
	}
	return last.End(), "\n\t" + quoted
}
