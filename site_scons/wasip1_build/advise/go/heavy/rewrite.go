package heavy

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"wasip1.invalid/advisor/syntax"
)

// piece is a part of a text: known, or what an expression gives.
type piece struct {
	known string
	code  string // or ""
	kind  string // "s", "d", "t" or "e" of code
}

// rewritten returns what does the same as a call of fmt or log without it; false where that is not
// plain. (Both import lines are then of os, io, errors or strconv, which nearly all programs have.)
func rewritten(u use) (string, bool) {
	if u.call == nil || u.call.Ellipsis.IsValid() {
		return "", false
	}
	name, arguments, to := u.object.Name(), u.call.Args, "os.Stdout"
	if u.object.Pkg().Path() == "log" {
		to = "os.Stderr"
	}
	if strings.HasPrefix(name, "Fprint") {
		if len(arguments) == 0 || !isShort(arguments[0]) {
			return "", false
		}
		name, to, arguments = name[1:], types.ExprString(arguments[0]), arguments[1:]
		if !isFile(u.info.TypeOf(u.call.Args[0])) {
			to = "io:" + to
		}
	}
	parts, ok := partsOf(u.info, name, arguments)
	if !ok {
		return "", false
	}
	if to == "os.Stderr" && u.object.Pkg().Path() == "log" {
		parts = endingLine(parts)
	}
	return call(name, to, joined(parts)), true
}

func isFile(of types.Type) bool {
	return of != nil && of.String() == "*os.File"
}

func call(name, to, text string) string {
	writer, isWriter := strings.CutPrefix(to, "io:")
	switch {
	case strings.HasPrefix(name, "Sprint"):
		return text
	case name == "Errorf":
		return "errors.New(" + text + ")"
	case isWriter:
		return "io.WriteString(" + writer + ", " + text + ")"
	case strings.HasPrefix(name, "Fatal"):
		return to + ".WriteString(" + text + "); os.Exit(1)"
	}
	return to + ".WriteString(" + text + ")"
}

// partsOf returns the text that a function of this name makes of arguments.
func partsOf(info *types.Info, name string, arguments []ast.Expr) ([]piece, bool) {
	if strings.HasSuffix(name, "f") {
		return formatted(info, arguments)
	}
	var parts []piece
	line := strings.HasSuffix(name, "ln")
	for i, argument := range arguments {
		part, ok := valueOf(info, argument)
		if !ok {
			return nil, false
		}
		// Print sets a space between two of which neither is a string.
		if i > 0 && (line || !parts[len(parts)-1].isString() && !part.isString()) {
			parts = append(parts, piece{known: " "})
		}
		parts = append(parts, part)
	}
	if line {
		parts = append(parts, piece{known: "\n"})
	}
	return parts, true
}

func (p piece) isString() bool { return p.code == "" || p.kind == "s" }

func valueOf(info *types.Info, e ast.Expr) (piece, bool) {
	if literal, ok := syntax.Unparen(e).(*ast.BasicLit); ok {
		if known, err := strconv.Unquote(literal.Value); err == nil && literal.Value[0] != '\'' {
			return piece{known: known}, true
		}
	}
	code, kind, ok := plain(info, e)
	return piece{code: code, kind: kind}, ok
}

// formatted is a constant format with verbs that say no more than which value comes.
func formatted(info *types.Info, arguments []ast.Expr) ([]piece, bool) {
	if len(arguments) == 0 {
		return nil, false
	}
	format, ok := constantText(use{call: &ast.CallExpr{Args: arguments}, info: info})
	if !ok {
		return nil, false
	}
	values := arguments[1:]
	var parts []piece
	for {
		before, rest, found := strings.Cut(format, "%")
		parts = append(parts, piece{known: before})
		if !found {
			return parts, len(values) == 0
		}
		if rest == "" {
			return nil, false
		}
		verb := rest[0]
		format = rest[1:]
		if verb == '%' {
			parts = append(parts, piece{known: "%"})
			continue
		}
		if len(values) == 0 {
			return nil, false
		}
		part, ok := asVerb(info, verb, values[0])
		if !ok {
			return nil, false
		}
		parts, values = append(parts, part), values[1:]
	}
}

func asVerb(info *types.Info, verb byte, e ast.Expr) (piece, bool) {
	part, ok := valueOf(info, e)
	kind := part.kind
	if part.code == "" {
		kind = "s"
	}
	allowed := map[byte]string{'v': "sdte", 's': "se", 'd': "d", 't': "t", 'q': "se"}[verb]
	if !ok || !strings.Contains(allowed, kind) {
		return piece{}, false
	}
	if verb == 'q' {
		return piece{code: "strconv.Quote(" + joined([]piece{part}) + ")", kind: "s"}, true
	}
	return part, true
}

// endingLine ends a text as log does.
func endingLine(parts []piece) []piece {
	if len(parts) > 0 {
		if last := parts[len(parts)-1]; last.code == "" && strings.HasSuffix(last.known, "\n") {
			return parts
		}
	}
	return append(parts, piece{known: "\n"})
}

// joined is one expression of a text.
func joined(parts []piece) string {
	var codes []string
	known := ""
	flush := func() {
		if known != "" {
			codes = append(codes, strconv.Quote(known))
			known = ""
		}
	}
	for _, part := range parts {
		if part.code == "" {
			known += part.known
			continue
		}
		flush()
		codes = append(codes, part.code)
	}
	flush()
	if len(codes) == 0 {
		return `""`
	}
	return strings.Join(codes, " + ")
}
