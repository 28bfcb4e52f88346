package heavy

import (
	"sort"

	"wasip1.invalid/advisor/rule"
)

// graph is which package of a program imports which, from its main package on.
type graph struct {
	subject *rule.Subject
	main    string
}

func graphOf(subject *rule.Subject) graph {
	return graph{subject, subject.Packages[0].Path}
}

// linked returns what can be reached from some packages without the lines in sources that are
// looked at that import one of `without`.
func (g graph) linked(from []string, without map[string]*imported) map[string]bool {
	seen := map[string]bool{}
	waiting := append([]string(nil), from...)
	for len(waiting) > 0 {
		path := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		each := g.subject.Program.Package(path)
		if seen[path] || each == nil {
			continue
		}
		seen[path] = true
		for _, next := range each.Imports {
			if !g.subject.Looks(each) || without[next] == nil {
				waiting = append(waiting, next)
			}
		}
	}
	return seen
}

// removable returns those of some packages that are not linked, with what must go with them, where
// none of the lines that are looked at imports any of them.
func (g graph) removable(light map[string]*imported) map[string]bool {
	left := map[string]*imported{}
	for path, of := range light {
		left[path] = of
	}
	for {
		linked := g.linked([]string{g.main}, left)
		stay := ""
		for path, of := range left {
			for _, needed := range append([]string{path}, of.row.With...) {
				if linked[needed] {
					stay = path
				}
			}
		}
		if stay == "" {
			break
		}
		delete(left, stay)
	}
	found := map[string]bool{}
	for path := range left {
		found[path] = true
	}
	return found
}

// others returns those of some packages that import one, too, or what imports it.
func (g graph) others(path string, among map[string]bool) []string {
	var found []string
	for each := range among {
		if each != path && g.linked([]string{each}, nil)[path] {
			found = append(found, each)
		}
	}
	sort.Strings(found)
	return found
}
