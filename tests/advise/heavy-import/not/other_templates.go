package main

import (
	"os"
	"text/template"
)

var list = template.Must(template.New("").Parse("{{range .}}{{printf `%q` .}}{{end}}"))

func main() { list.Execute(os.Stdout, []string{"a"}) }
