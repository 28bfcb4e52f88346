package main

import (
	"os"
	"text/template"
)

type person struct {
	Name string
	Age  int
}

var greeting = template.Must(template.New("").Parse("{{.Name}} is {{.Age}}\n"))

func main() {
	greeting.Execute(os.Stdout, person{"Ada", 36})
}
