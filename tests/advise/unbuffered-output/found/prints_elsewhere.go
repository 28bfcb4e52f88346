// Another function prints between the lines: no edits are made.
package main

import "fmt"

func main() {
	for i := range 100 {
		fmt.Println(i) // want fmt.Println
	}
	last()
}

func last() { fmt.Println("last") }
