// Another bufio, and a type of the same name.
package main

import "strings"

type maker struct{}

func (maker) NewWriter(to any) *strings.Builder { return &strings.Builder{} }

func main() {
	bufio := maker{}
	out := bufio.NewWriter(nil)
	out.WriteString("x")
}
