package heavy

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"go/types"
	"strings"

	"wasip1.invalid/advisor/rule"
)

// What each row saves was measured on a pair of programs, with the package and without it, and a
// test measures it again.
//
//go:embed table.json
var written []byte

// row is one package that has a lighter way for some of what it does.
type row struct {
	Package   string         `json:"package"`
	For       string         `json:"for"`       // what it is imported for, where only that is used
	Write     string         `json:"write"`     // what to write instead; or ""
	Uses      map[string]way `json:"uses"`      // by name: "Println", "IP.String"
	Constants bool           `json:"constants"` // its constants are light, too
	Blank     string         `json:"blank"`     // when an import of it for its effects is of no use; or ""
	Most      int            `json:"most"`      // how many uses are few
	Unrun     bool           `json:"unrun"`     // whether uses that cannot run count
	With      []string       `json:"with"`      // without which it saves little: they must go, too
	Saved     saving         `json:"saved"`
}

// way is what there is in the place of one function, type or variable.
type way struct {
	When  string `json:"when"`  // a condition on how it is used; or ""
	Write string `json:"write"` // or ""
}

// saving is what was measured of a release module.
type saving struct {
	Module   int    `json:"module_bytes"` // with the package
	Bytes    int    `json:"saved_bytes"`
	BrModule int    `json:"module_br_bytes"`
	BrBytes  int    `json:"saved_br_bytes"`
	Go       string `json:"go"`
}

func (s saving) text() string {
	return fmt.Sprintf(
		"of a small program of ours it was %s of %s B, and %s of %s B of the .br (measured, Go %s)",
		grouped(s.Bytes), grouped(s.Module), grouped(s.BrBytes), grouped(s.BrModule), s.Go,
	)
}

// grouped writes a number as 1,234,567.
func grouped(n int) string {
	digits := fmt.Sprint(n)
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), ",")
}

func table() []row {
	var rows []row
	if err := json.Unmarshal(written, &rows); err != nil {
		panic(err) // it is compiled in
	}
	return rows
}

// isLight tells whether all that the artifact's own sources have of a package is in its row, and
// something of it can run.
func (m *mentions) isLight(subject *rule.Subject, of row, all map[string]*mentions) bool {
	if m == nil || m.unknown || len(m.lines) == 0 || of.Most > 0 && len(m.uses) > of.Most {
		return false
	}
	for _, line := range m.lines {
		if line.blank && (of.Blank == "" || !effects[of.Blank](subject, all)) {
			return false
		}
	}
	runs := of.Unrun || len(m.uses) == 0
	for _, each := range m.uses {
		if !of.allows(each) {
			return false
		}
		runs = runs || each.runs
	}
	return runs && (len(m.uses) > 0 || of.Blank != "")
}

func (of row) allows(each use) bool {
	if of.Constants {
		if _, ok := each.object.(*types.Const); ok {
			return true
		}
	}
	found, ok := of.Uses[each.name]
	return ok && (found.When == "" || conditions[found.When](each))
}

// written returns what to write for a use; "" where that is not known to the letter.
func (of row) written(each use) string {
	if constant, ok := each.object.(*types.Const); ok && of.Constants {
		return constant.Val().ExactString()
	}
	found := of.Uses[each.name]
	if found.When == text {
		replaced, _ := rewritten(each)
		if strings.Contains(replaced, ".Error()") {
			replaced += " (where the error is not nil)"
		}
		return replaced
	}
	return found.Write
}
