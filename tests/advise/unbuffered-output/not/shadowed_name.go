// Names that are others'.
package main

import "bytes"

type printer struct{ bytes.Buffer }

func (p *printer) Println(of any) { p.WriteString("x") }

type system struct{ Stdout *printer }

func main() {
	fmt := &printer{}
	os := system{fmt}
	for i := range 100 {
		fmt.Println(i)
		os.Stdout.WriteString("x")
	}
}
