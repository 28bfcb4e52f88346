// Called in a loop through an interface.
package main

import "fmt"

type shape interface{ draw() }

type circle struct{}

func (circle) draw() {
	fmt.Println("o") // want fmt.Println
}

type square struct{}

func (square) draw() { fmt.Println("never made") }

func main() {
	for _, each := range make([]shape, 100) {
		if each == nil {
			each = circle{}
		}
		each.draw()
	}
}
