package main

import "html/template" // want html/template

func main() { println(template.HTMLEscapeString("<")) }
