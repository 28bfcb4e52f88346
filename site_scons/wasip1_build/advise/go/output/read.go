package output

import (
	"fmt"
	"go/ast"
	"strings"

	"wasip1.invalid/advisor/calls"
	"wasip1.invalid/advisor/streams"
)

// read are the calls that read a little at a time, or read ahead and forget it.
func (l *looked) read() []item {
	var found []item
	for _, call := range l.calls {
		made := item{Call: call}
		switch {
		case isMaker(call.Name()):
			made.stream = l.streams.Of(call.Of, call.Args[0])
			if made.stream != (streams.Stream{Base: streams.Stdin}) || !l.forgets(call) {
				continue
			}
			made.kind, made.does = "forgets", "forgets what it has read ahead of os.Stdin, and is made again"
			made.why = "what it has read ahead, up to 4096 bytes, is lost with it: the next one goes on after " +
				"that (at a terminal, which gives one line at a time, it does not show)"
			made.fix = fmt.Sprintf("make it once, before the loop: `in := %s(os.Stdin)`", call.Short())
		case l.isBare(call):
			made.stream, _ = l.streams.IsRead(call)
			made.kind, made.does = "reads "+made.stream.Base, "reads a few bytes of "+made.stream.Base+" without a buffer"
			made.why = "each is at least one call of the host (fd_read)"
			if strings.HasPrefix(call.Name(), "fmt.") {
				made.does = "reads " + made.stream.Base + " byte by byte"
				made.why = "it reads one byte at a time, and each byte is a call of the host (fd_read): " +
					"measured, 4000 for 1000 lines of three digits, in place of one for 4096 bytes"
			}
			made.fix = l.ahead(made)
		default:
			continue
		}
		chain, ok := l.repeated(call)
		if !ok || !isMaker(call.Name()) && l.isQuiet(call, chain) {
			continue
		}
		made.chain = chain
		if !l.isEach(made) {
			found = append(found, made)
		}
	}
	return found
}

func isMaker(name string) bool {
	return name == "bufio.NewReader" || name == "bufio.NewReaderSize" || name == "bufio.NewScanner"
}

// isBare tells whether a call reads little from what has no buffer.
func (l *looked) isBare(call *calls.Call) bool {
	stream, ok := l.streams.IsRead(call)
	if !ok || stream.Through != "" || stream.Base != streams.Stdin && stream.Base != streams.File {
		return false
	}
	switch name := call.Name(); {
	case strings.HasPrefix(name, "fmt."), name == "encoding/binary.Read":
		return true
	case name == "(*os.File).Read" || name == "(io.Reader).Read":
		return len(call.Args) == 1 && l.isSmallBuffer(call, call.Args[0])
	case name == "io.ReadFull" || name == "io.ReadAtLeast":
		return len(call.Args) > 1 && l.isSmallBuffer(call, call.Args[1])
	}
	return false
}

// forgets tells whether a reader is used for one line, and not to the end of its input.
func (l *looked) forgets(maker *calls.Call) bool {
	if l.isAround(maker) {
		return true // bufio.NewReader(os.Stdin).ReadString('\n')
	}
	assigned, ok := maker.Around[len(maker.Around)-1].(*ast.AssignStmt)
	if !ok || len(assigned.Lhs) != 1 {
		return false
	}
	name, ok := assigned.Lhs[0].(*ast.Ident)
	if !ok || maker.Of.Info.Defs[name] == nil {
		return false // a variable from elsewhere
	}
	variable, uses := maker.Of.Info.Defs[name], 0
	for id, object := range maker.Of.Info.Uses {
		if object == variable {
			uses++
			if l.loops.Around(id.Pos()) != l.loops.Around(maker.Pos()) {
				return false
			}
		}
	}
	for _, call := range l.calls {
		if receiver := call.Receiver(); receiver != nil && call.Of == maker.Of {
			if id, ok := receiver.(*ast.Ident); ok && maker.Of.Info.Uses[id] == variable {
				uses--
			}
		}
	}
	return uses == 0
}

// isAround tells whether a call is what a method is called of.
func (l *looked) isAround(maker *calls.Call) bool {
	_, ok := maker.Around[len(maker.Around)-1].(*ast.SelectorExpr)
	return ok
}

// ahead says what to write.
func (l *looked) ahead(of item) string {
	from := of.stream.Base
	if from == streams.File {
		from = "the file"
	}
	text := fmt.Sprintf("before the loop: `in := bufio.NewReader(%s)`; in it: ", from)
	switch name := of.Name(); {
	case strings.HasPrefix(name, "fmt.Scan"):
		return text + fmt.Sprintf("`fmt.F%s(in, ...)`", strings.ToLower(name[4:5])+name[5:])
	case strings.HasSuffix(name, ").Read"):
		return text + "`in.Read(...)`, or `in.ReadByte()`"
	default:
		return text + fmt.Sprintf("`%s(in, ...)`", of.Short())
	}
}
