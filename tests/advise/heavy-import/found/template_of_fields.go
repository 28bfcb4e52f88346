package main

import (
	"os"
	"text/template" // want text/template
)

var greeting = template.Must(template.New("").Parse("hello, {{.Name}}\n"))

func main() { greeting.Execute(os.Stdout, struct{ Name string }{"x"}) }
