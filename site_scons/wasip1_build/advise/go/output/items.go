package output

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/flow"
	"wasip1.invalid/advisor/streams"
	"wasip1.invalid/advisor/syntax"
)

// small is what is little for one call of the host: eight of it fill bufio's default buffer.
const small = 512

// isItem tells whether a call writes one item rather than what was gathered for it.
func (l *looked) isItem(call *calls.Call) bool {
	name := call.Name()
	if strings.HasSuffix(name, ").Write") {
		return len(call.Args) == 1 && l.isPiece(call, call.Args[0])
	}
	texts := call.Args
	if strings.HasPrefix(name, "fmt.F") || name == "io.WriteString" {
		texts = texts[1:]
	}
	return len(texts) != 1 || !isGathered(call.Of.Info, texts[0])
}

// isGathered tells whether a text is what was put together in memory.
func isGathered(info *types.Info, e ast.Expr) bool {
	inner, ok := syntax.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	callee := syntax.Callee(info, inner)
	if callee == nil {
		return false
	}
	switch syntax.FullName(callee) {
	case "(*strings.Builder).String", "(*bytes.Buffer).String", "strings.Join", "strings.Repeat":
		return true
	}
	return false
}

// isPiece tells whether bytes are known to be little: a text, a line, or one value of several.
func (l *looked) isPiece(call *calls.Call, e ast.Expr) bool {
	info := call.Of.Info
	switch e := syntax.Unparen(e).(type) {
	case *ast.CompositeLit:
		return len(e.Elts) < small
	case *ast.SliceExpr:
		return e.Low == nil && e.High == nil && isSmallArray(info.TypeOf(e.X))
	case *ast.CallExpr:
		if kind, ok := info.Types[e.Fun]; ok && kind.IsType() { // []byte("text")
			return len(e.Args) == 1 && !isGathered(info, e.Args[0])
		}
		return isLineOf(info, e)
	case *ast.Ident:
		variable := syntax.Variable(info, e)
		given := flow.Of(l.subject).All(variable)
		for _, each := range given {
			made, ok := syntax.Unparen(each.Expr).(*ast.CallExpr)
			if !ok || each.Result != 0 || !isLineOf(each.By.Of.Info, made) {
				return false
			}
		}
		return len(given) > 0
	}
	return false
}

func isSmallArray(of types.Type) bool {
	array, ok := of.Underlying().(*types.Array)
	return ok && array.Len() < small
}

// isLineOf tells whether a call makes one line or value.
func isLineOf(info *types.Info, call *ast.CallExpr) bool {
	if callee := syntax.Callee(info, call); callee != nil {
		switch syntax.FullName(callee) {
		case "(*bufio.Scanner).Bytes", "fmt.Append", "fmt.Appendf", "fmt.Appendln",
			"encoding/json.Marshal", "strconv.AppendInt":
			return true
		}
	}
	id, ok := call.Fun.(*ast.Ident)
	if !ok || id.Name != "make" || len(call.Args) != 2 {
		return false
	}
	size := info.Types[call.Args[1]].Value
	if size == nil {
		return false
	}
	bytes, ok := constant.Int64Val(constant.ToInt(size))
	return ok && bytes < small
}

// isSynced tells whether what is written must be on the disk at once: a journal.
func (l *looked) isSynced(call *calls.Call, stream streams.Stream) bool {
	if stream.Base != streams.File {
		return false
	}
	for _, each := range l.calls {
		if each.In == call.In && each.Name() == "(*os.File).Sync" {
			return true
		}
	}
	return false
}

// isSmallBuffer tells whether what is read into is known to hold little.
func (l *looked) isSmallBuffer(call *calls.Call, e ast.Expr) bool {
	slice, ok := syntax.Unparen(e).(*ast.SliceExpr)
	if ok && slice.High != nil {
		high := call.Of.Info.Types[slice.High].Value
		return high != nil && constant.Compare(high, token.LSS, constant.MakeInt64(small))
	}
	return l.isPiece(call, e)
}
