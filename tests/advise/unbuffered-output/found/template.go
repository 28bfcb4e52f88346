// A template writes each of its pieces, whether there is a loop or not.
package main

import (
	"os"
	"text/template"
)

func main() {
	page := template.Must(template.New("").Parse("{{range .}}{{.}} and\n{{end}}"))
	page.Execute(os.Stdout, make([]int, 100)) // want page.Execute
}
