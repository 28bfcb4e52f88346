package main

import "fmt"

type printer struct{ out fmt.State }

func (p printer) Println(text string) { p.out.Write([]byte(text)) }

func main() { printer{}.Println("hello") }
