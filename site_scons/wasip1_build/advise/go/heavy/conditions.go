package heavy

import (
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	regular "regexp/syntax"
	"strings"
	"text/template/parse"

	"wasip1.invalid/advisor/callgraph"
	"wasip1.invalid/advisor/rule"
	"wasip1.invalid/advisor/syntax"
)

// text is the condition that what is printed is so plain that it is known what to write instead.
const text = "text"

// conditions are by the names that the table has for them.
var conditions = map[string]func(use) bool{
	text:              func(u use) bool { _, ok := rewritten(u); return ok },
	"plain values":    plainValues,
	"constant":        func(u use) bool { return allConstant(u) },
	"simple pattern":  simplePattern,
	"simple template": simpleTemplate,
	"flat value":      flatValue,
}

// effects are when an import for the effects of a package is of no use.
var effects = map[string]func(*rule.Subject, map[string]*mentions) bool{
	"always":          func(*rule.Subject, map[string]*mentions) bool { return true },
	"nothing decodes": nothingDecodes,
	"fixed zones":     fixedZones,
}

// plainValues: a call whose arguments are all strings, integers, booleans or errors.
func plainValues(u use) bool {
	if u.call == nil || u.call.Ellipsis.IsValid() {
		return false
	}
	for _, argument := range u.call.Args {
		if _, _, ok := plain(u.info, argument); !ok {
			return false
		}
	}
	return true
}

// allConstant: a call whose arguments are all known when it is compiled.
func allConstant(u use) bool {
	if u.call == nil {
		return false
	}
	for _, argument := range u.call.Args {
		if u.info.Types[argument].Value == nil {
			return false
		}
	}
	return true
}

// constantText returns the first argument of a call, where it is a constant string.
func constantText(u use) (string, bool) {
	if u.call == nil || len(u.call.Args) == 0 {
		return "", false
	}
	value := u.info.Types[u.call.Args[0]].Value
	if value == nil || value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(value), true
}

// fewParts is how many a pattern may have that is as well written as code.
const fewParts = 3

// simplePattern: a constant of few literals and repeated classes, one after another.
func simplePattern(u use) bool {
	pattern, ok := constantText(u)
	if !ok {
		return false
	}
	parsed, err := regular.Parse(pattern, regular.Perl)
	if err != nil {
		return false
	}
	parts := []*regular.Regexp{parsed}
	if parsed.Op == regular.OpConcat {
		parts = parsed.Sub
	}
	count := 0
	for _, part := range parts {
		switch part.Op {
		case regular.OpBeginText, regular.OpEndText:
			continue
		case regular.OpPlus, regular.OpStar, regular.OpQuest:
			part = part.Sub[0]
		}
		count++
		switch part.Op {
		case regular.OpLiteral, regular.OpCharClass, regular.OpAnyChar, regular.OpAnyCharNotNL:
			if part.Flags&regular.FoldCase != 0 {
				return false
			}
		default:
			return false
		}
	}
	return count > 0 && count <= fewParts
}

// simpleTemplate: a constant of texts and fields, without functions, variables and other templates.
func simpleTemplate(u use) bool {
	written, ok := constantText(u)
	if !ok {
		return false
	}
	trees, err := parse.Parse("t", written, "", "")
	if err != nil || len(trees) > 1 {
		return false
	}
	for _, tree := range trees {
		for _, node := range tree.Root.Nodes {
			switch node := node.(type) {
			case *parse.TextNode:
			case *parse.ActionNode:
				if !isField(node.Pipe) {
					return false
				}
			default:
				return false
			}
		}
	}
	return true
}

func isField(pipe *parse.PipeNode) bool {
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return false
	}
	switch pipe.Cmds[0].Args[0].(type) {
	case *parse.FieldNode, *parse.DotNode:
		return true
	}
	return false
}

// fewFields is how many a value may have whose encoding is as well written as code.
const fewFields = 8

// flatValue: a call whose first argument is a struct of few strings, integers and booleans.
func flatValue(u use) bool {
	if u.call == nil || len(u.call.Args) == 0 {
		return false
	}
	of := u.info.TypeOf(u.call.Args[0])
	if of == nil || encodesItself(of) {
		return false
	}
	if pointer, ok := of.Underlying().(*types.Pointer); ok {
		of = pointer.Elem()
	}
	fields, ok := of.Underlying().(*types.Struct)
	if !ok || fields.NumFields() == 0 || fields.NumFields() > fewFields {
		return false
	}
	for i := 0; i < fields.NumFields(); i++ {
		field := fields.Field(i)
		basic, ok := field.Type().Underlying().(*types.Basic)
		options := strings.Split(reflect.StructTag(fields.Tag(i)).Get("json"), ",")[1:]
		if !ok || field.Embedded() || len(options) > 0 || !isPlainKind(basic) || encodesItself(field.Type()) {
			return false
		}
	}
	return true
}

func encodesItself(of types.Type) bool {
	for _, name := range []string{"MarshalJSON", "MarshalJSONTo", "MarshalText", "AppendText"} {
		if object, _, _ := types.LookupFieldOrMethod(of, true, nil, name); object != nil {
			return true
		}
	}
	return false
}

// nothingDecodes: no picture of a format that is found out when the program runs.
func nothingDecodes(subject *rule.Subject, _ map[string]*mentions) bool {
	if isUnknown(subject, "image") {
		return false
	}
	for _, edge := range subject.Graph.InOrder() {
		if named(edge, "image.Decode") || named(edge, "image.DecodeConfig") {
			return false
		}
	}
	return true
}

// fixedZones: all time zones that are loaded are known when the program is compiled.
func fixedZones(subject *rule.Subject, all map[string]*mentions) bool {
	if isUnknown(subject, "time") {
		return false
	}
	for _, edge := range subject.Graph.InOrder() {
		if named(edge, "time.LoadLocation") && !subject.Looks(edge.From.Of) {
			return false
		}
	}
	for _, each := range all["time"].uses {
		if each.name == "LoadLocation" && !allConstant(each) {
			return false
		}
	}
	return true
}

// isUnknown tells whether a package that imports another is not understood: what it calls of it may
// be anything.
func isUnknown(subject *rule.Subject, path string) bool {
	for _, each := range subject.Packages {
		for _, imported := range each.Imports {
			if each.Why != "" && imported == path {
				return true
			}
		}
	}
	return false
}

func named(edge callgraph.Edge, name string) bool {
	return edge.To.Of == nil && edge.To.Object != nil && syntax.FullName(edge.To.Object) == name
}

// isPlainKind: strings, integers and booleans.
func isPlainKind(basic *types.Basic) bool {
	return basic.Info()&(types.IsString|types.IsInteger|types.IsBoolean) != 0 &&
		basic.Kind() != types.Uintptr
}

// plain returns the code that makes a string of a value, as fmt does, and what kind of value it is:
// "s", "d", "t" or "e" (an error). False where that takes more than strconv.
func plain(info *types.Info, e ast.Expr) (string, string, bool) {
	of := info.TypeOf(e)
	if of == nil || !isShort(e) {
		return "", "", false
	}
	written := types.ExprString(e)
	if syntax.IsError(of) {
		if binds(e) {
			written = "(" + written + ")"
		}
		return written + ".Error()", "e", true
	}
	if _, ok := of.(*types.TypeParam); ok || printsItself(of) {
		return "", "", false
	}
	basic, ok := of.Underlying().(*types.Basic)
	if !ok || !isPlainKind(basic) {
		return "", "", false
	}
	converted := func(name string) string {
		if of == types.Typ[basic.Kind()] && basic.Name() == name {
			return written
		}
		return name + "(" + written + ")"
	}
	switch info := basic.Info(); {
	case info&types.IsString != 0:
		if basic.Kind() == types.UntypedString {
			return written, "s", true
		}
		return converted("string"), "s", true
	case info&types.IsBoolean != 0:
		if basic.Kind() == types.UntypedBool {
			return "strconv.FormatBool(" + written + ")", "t", true
		}
		return "strconv.FormatBool(" + converted("bool") + ")", "t", true
	case basic.Kind() == types.Int || basic.Kind() == types.UntypedInt:
		if basic.Kind() == types.UntypedInt {
			return "strconv.Itoa(" + written + ")", "d", true
		}
		return "strconv.Itoa(" + converted("int") + ")", "d", true
	case info&types.IsUnsigned != 0:
		return "strconv.FormatUint(" + converted("uint64") + ", 10)", "d", true
	}
	return "strconv.FormatInt(" + converted("int64") + ", 10)", "d", true
}

// isShort tells whether an expression is written as it is read: no closure, no literal of many lines.
func isShort(e ast.Expr) bool {
	short := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit, *ast.CompositeLit:
			short = false
		}
		return short
	})
	return short
}

func binds(e ast.Expr) bool {
	switch e.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.StarExpr:
		return true
	}
	return false
}

func printsItself(of types.Type) bool {
	for _, name := range []string{"String", "Error", "Format", "GoString"} {
		if object, _, _ := types.LookupFieldOrMethod(of, true, nil, name); object != nil {
			return true
		}
	}
	return false
}
