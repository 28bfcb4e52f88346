package streams

import (
	"go/ast"
	"strings"

	"wasip1.invalid/advisor/calls"
)

// writes are functions that write to one of their arguments: which.
var writes = map[string]int{
	"fmt.Fprint": 0, "fmt.Fprintf": 0, "fmt.Fprintln": 0, "io.WriteString": 0,
	"encoding/binary.Write": 0, "(*strings.Replacer).WriteString": 0,
	"(*text/template.Template).Execute": 0, "(*text/template.Template).ExecuteTemplate": 0,
	"(*html/template.Template).Execute": 0, "(*html/template.Template).ExecuteTemplate": 0,
}

// methods are those that write to what they are called of.
var methods = map[string]bool{
	"(*os.File).Write": true, "(*os.File).WriteString": true, "(io.Writer).Write": true,
	"(io.StringWriter).WriteString":   true,
	"(*encoding/json.Encoder).Encode": true, "(*encoding/xml.Encoder).Encode": true,
	"(*encoding/gob.Encoder).Encode": true,
	"(*log.Logger).Print":            true, "(*log.Logger).Printf": true, "(*log.Logger).Println": true,
	"(*log/slog.Logger).Info": true, "(*log/slog.Logger).Warn": true, "(*log/slog.Logger).Error": true,
}

// printing are those that write to standard output by themselves.
var printing = map[string]bool{"fmt.Print": true, "fmt.Printf": true, "fmt.Println": true}

// logging are those that write to where log.SetOutput says.
var logging = map[string]bool{"log.Print": true, "log.Printf": true, "log.Println": true}

// reads are functions that read from one of their arguments: which.
var reads = map[string]int{
	"fmt.Fscan": 0, "fmt.Fscanf": 0, "fmt.Fscanln": 0, "io.ReadFull": 0, "io.ReadAtLeast": 0,
	"encoding/binary.Read": 0, "io.ReadAll": 0,
}

// scanning are those that read from standard input by themselves.
var scanning = map[string]bool{"fmt.Scan": true, "fmt.Scanf": true, "fmt.Scanln": true}

// fetching are methods that read from what they are called of, by their receivers.
var fetching = []string{
	"(*bufio.Reader).Read", "(*bufio.Scanner).Scan", "(*encoding/json.Decoder).Decode",
	"(*encoding/csv.Reader).Read", "(*encoding/xml.Decoder).Decode", "(*os.File).Read",
	"(io.Reader).Read",
}

// Written returns where a call writes; nothing where that is no stream of these, or not known.
// `logged` is where package log writes.
func (s *Set) Written(call *calls.Call, logged Stream) Stream {
	name := call.Name()
	switch receiver := call.Receiver(); {
	case printing[name]:
		if s.subject.Graph.Set[Stdout] {
			return Stream{}
		}
		return Stream{Base: Stdout}
	case logging[name]:
		return logged
	case methods[name] && receiver != nil:
		return s.Of(call.Of, receiver)
	}
	if argument, ok := writes[name]; ok && argument < len(call.Args) {
		return s.Of(call.Of, call.Args[argument])
	}
	return Stream{}
}

// IsRead tells whether a call reads, and from where; nothing of the latter where it is not known.
func (s *Set) IsRead(call *calls.Call) (Stream, bool) {
	name := call.Name()
	if scanning[name] {
		return Stream{Base: Stdin}, !s.subject.Graph.Set[Stdin]
	}
	if argument, ok := reads[name]; ok && argument < len(call.Args) {
		return s.Of(call.Of, call.Args[argument]), true
	}
	if receiver := call.Receiver(); receiver != nil {
		for _, each := range fetching {
			if strings.HasPrefix(name, each) {
				return s.Of(call.Of, receiver), true
			}
		}
	}
	return Stream{}, false
}

// Logged returns where package log writes; nothing where that is standard error, or not known.
func (s *Set) Logged(all []*calls.Call) Stream {
	var found Stream
	for _, call := range all {
		if call.Name() != "log.SetOutput" || len(call.Args) != 1 {
			continue
		}
		one := s.Of(call.Of, call.Args[0])
		if one.Base != Stdout || found.Base != "" && one != found {
			return Stream{}
		}
		found = one
	}
	if found.Base != "" {
		found.Through = "log.New"
	}
	return found
}

// Target returns what a call names as what it writes to, or what it makes something around.
func Target(call *calls.Call) (ast.Expr, bool) {
	name := call.Name()
	if receiver := call.Receiver(); receiver != nil && methods[name] {
		return receiver, true
	}
	for _, table := range []map[string]int{writes, around, buffering} {
		if argument, ok := table[name]; ok && argument < len(call.Args) {
			return call.Args[argument], true
		}
	}
	return nil, false
}

// buffering are constructors of what has a buffer of its own, and what copies in large pieces.
var buffering = map[string]int{"encoding/csv.NewWriter": 0, "io.Copy": 0}

// IsGlobal tells whether a name is that of a standard stream, or of what uses one by itself.
func IsGlobal(name string) bool {
	return name == Stdout || name == Stdin || printing[name] || scanning[name]
}
