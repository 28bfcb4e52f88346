package heavy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

// standard is as much of the standard library as the tests name.
var standard = map[string]string{
	"fmt": `package fmt

import "io"

func Print(...any) (int, error)
func Println(...any) (int, error)
func Printf(string, ...any) (int, error)
func Fprintln(io.Writer, ...any) (int, error)
func Fprintf(io.Writer, string, ...any) (int, error)
func Sprint(...any) string
func Sprintf(string, ...any) string
func Errorf(string, ...any) error
`,
	"io": "package io\n\ntype Writer interface{ Write([]byte) (int, error) }\n",
	"os": "package os\n\ntype File struct{}\n\nfunc (*File) Write([]byte) (int, error)\n\n" +
		"var Stdout, Stderr *File\n",
}

// importing is that library.
type importing struct{ files *token.FileSet }

func (i importing) Import(path string) (*types.Package, error) {
	file, err := parser.ParseFile(i.files, path+".go", standard[path], parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	config := types.Config{Importer: i}
	return config.Check(path, i.files, []*ast.File{file}, nil)
}

// calls returns the calls of package fmt in a function's body, in their order.
func calls(t *testing.T, body string) []use {
	t.Helper()
	text := "package p\n\nimport (\n\t\"fmt\"\n\t\"io\"\n\t\"os\"\n)\n\ntype color int\n\n" +
		"func (color) String() string { return \"\" }\n\n" +
		"func f(s string, n int, u uint8, b bool, e error, c color, w io.Writer, v any) {\n" +
		"\t_ = os.Stdout\n" + body + "\n}\n"
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{},
	}
	config := types.Config{Importer: importing{files}}
	if _, err := config.Check("p", files, []*ast.File{file}, info); err != nil {
		t.Fatal(err)
	}
	var found []use
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
			object := info.Uses[selector.Sel]
			if object.Pkg() != nil && object.Pkg().Path() == "fmt" {
				found = append(found, use{object: object, call: call, info: info})
			}
		}
		return true
	})
	return found
}

func TestWhatIsPlainIsWrittenWithoutFmt(t *testing.T) {
	pairs := [][2]string{
		{`fmt.Println("a", s, n)`, `os.Stdout.WriteString("a " + s + " " + strconv.Itoa(n) + "\n")`},
		{`fmt.Print("a", n, b, s)`, `os.Stdout.WriteString("a" + strconv.Itoa(n) + " " + strconv.FormatBool(b) + s)`},
		{`fmt.Println()`, `os.Stdout.WriteString("\n")`},
		{`fmt.Fprintln(os.Stderr, e)`, `os.Stderr.WriteString(e.Error() + "\n")`},
		{`fmt.Fprintf(w, "%d%%", u)`, `io.WriteString(w, strconv.FormatUint(uint64(u), 10) + "%")`},
		{`_ = fmt.Sprintf("%q is %v", s, e)`, `strconv.Quote(s) + " is " + e.Error()`},
		{`_ = fmt.Errorf("no %s", s)`, `errors.New("no " + s)`},
		{`_ = fmt.Sprint(n, n)`, `strconv.Itoa(n) + " " + strconv.Itoa(n)`},
		{`fmt.Printf("%t %d\n", n > 2, int64(n))`, `os.Stdout.WriteString(strconv.FormatBool(n > 2) + " " + strconv.FormatInt(int64(n), 10) + "\n")`},
		{`fmt.Print()`, `os.Stdout.WriteString("")`},
	}
	for _, each := range pairs {
		found, ok := rewritten(calls(t, each[0])[0])
		if !ok || found != each[1] {
			t.Errorf("%s: %v %s, want %s", each[0], ok, found, each[1])
		}
	}
}

func TestWhatTakesMoreIsLeft(t *testing.T) {
	for _, each := range []string{
		`fmt.Println(c)`, `fmt.Println(v)`, `fmt.Println(1.5)`, `fmt.Printf("%5d", n)`,
		`fmt.Printf("%x", n)`, `fmt.Printf(s)`, `fmt.Printf("%d", s)`, `fmt.Printf("%d %d", n)`,
		`fmt.Printf("%d", n, n)`, `fmt.Printf("%")`, `fmt.Println([]any{s}...)`,
		`_ = fmt.Errorf("%w", e)`, `fmt.Println([]string{s})`, `fmt.Println(len([]int{1}))`,
	} {
		if found, ok := rewritten(calls(t, each)[0]); ok {
			t.Errorf("%s: %s", each, found)
		}
	}
}

func TestAPatternIsSimpleThatIsAsWellWrittenAsCode(t *testing.T) {
	for pattern, want := range map[string]bool{
		"`^v[0-9]+$`": true, "`[ \\t]+`": true, "`abc`": true, "`^[a-z]`": true, "`a.*b`": true,
		"`a|bc`": false, "`(a)`": false, "`(?i)a`": false, "`^$`": false, "`a[0-9]+b[0-9]+`": false,
		"`\\bx`": false, "`(`": false, "`[0-9]{2,3}`": false,
	} {
		if found := simplePattern(calls(t, "fmt.Print("+pattern+")")[0]); found != want {
			t.Errorf("%s: %v", pattern, found)
		}
	}
}

func TestATemplateIsSimpleThatHasTextsAndFields(t *testing.T) {
	for text, want := range map[string]bool{
		"`a {{.Name}} {{.}}`": true, "``": true,
		"`{{len .}}`": false, "`{{range .}}{{end}}`": false, "`{{$x := .}}`": false, "`{{`": false,
		"`{{define \"a\"}}x{{end}}`": false,
	} {
		if found := simpleTemplate(calls(t, "fmt.Print("+text+")")[0]); found != want {
			t.Errorf("%s: %v", text, found)
		}
	}
}

func TestEachConditionOfTheTableIsKnown(t *testing.T) {
	for _, each := range table() {
		if each.Blank != "" && effects[each.Blank] == nil {
			t.Errorf("%s: %s", each.Package, each.Blank)
		}
		for name, way := range each.Uses {
			if way.When != "" && conditions[way.When] == nil {
				t.Errorf("%s.%s: %s", each.Package, name, way.When)
			}
		}
		if each.Write == "" && len(each.Uses) == 0 && !each.Constants {
			t.Errorf("%s: nothing to write instead", each.Package)
		}
	}
}
