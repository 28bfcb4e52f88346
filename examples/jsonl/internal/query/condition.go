package query

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Condition says what must hold for the value at a path.
type Condition struct {
	path   Path
	op     string // "" asks only whether the path is there
	text   string
	number float64
	isNum  bool
}

// holds says, for each operator, which outcomes of a comparison (-1, 0, +1)
// meet it.
var holds = map[string][]int{
	"=":  {0},
	"!=": {-1, 1},
	"<":  {-1},
	"<=": {-1, 0},
	">":  {1},
	">=": {0, 1},
}

// ParseCondition reads "path" or "path OP value", without spaces around OP.
//
// The document's value decides how: a number is compared as a 64-bit float, a
// string as text, and true, false, null, arrays and objects are only equal to
// exactly the text that they are written as. A string has no order against a
// number, so "status>=500" does not keep {"status":"dropped"}.
func ParseCondition(text string) (Condition, error) {
	start := strings.IndexAny(text, "=!<>")
	if start < 0 {
		path, err := ParsePath(text)
		return Condition{path: path}, err
	}
	if start == 0 {
		return Condition{}, fmt.Errorf("no path before %q", text)
	}
	width := 1
	if start+1 < len(text) && text[start] != '=' && text[start+1] == '=' {
		width = 2
	}
	condition := Condition{op: text[start : start+width], text: text[start+width:]}
	if holds[condition.op] == nil {
		return Condition{}, fmt.Errorf("%q is no operator: use =, !=, <, <=, > or >=", condition.op)
	}
	number, err := strconv.ParseFloat(condition.text, 64)
	condition.number, condition.isNum = number, err == nil && !math.IsNaN(number)
	condition.path, err = ParsePath(text[:start])
	return condition, err
}

// Holds reports whether an object meets the condition. An object without the
// path, or with a value of another kind than the condition's, meets only "!=".
func (c Condition) Holds(object Object) bool {
	value, ok := c.path.In(object)
	if c.op == "" {
		return ok
	}
	if !ok {
		return c.op == "!="
	}
	outcome, comparable := c.compare(value)
	if !comparable {
		return c.op == "!="
	}
	return slices.Contains(holds[c.op], outcome)
}

// compare orders a JSON value against the condition's own.
func (c Condition) compare(value json.RawMessage) (outcome int, comparable bool) {
	switch first := value[0]; {
	case first == '"':
		var text string
		if json.Unmarshal(value, &text) != nil {
			return 0, false
		}
		return strings.Compare(text, c.text), !c.isNum || !c.ordered()
	case first == '-' || '0' <= first && first <= '9':
		number, err := strconv.ParseFloat(string(value), 64)
		return cmp.Compare(number, c.number), c.isNum && err == nil
	default:
		// true, false and null have no order; arrays and objects are not compared.
		equal := bytes.Equal(value, []byte(c.text))
		return 0, equal && !c.ordered()
	}
}

// ordered reports whether the operator asks for an order, not only equality.
func (c Condition) ordered() bool { return c.op != "=" && c.op != "!=" }
