// A function that is called in a loop, and one that it calls.
package main

import "fmt"

func main() {
	for i := range 100 {
		show(i)
	}
}

func show(i int) {
	title()
	fmt.Println(i) // want fmt.Println
}

func title() {
	fmt.Print("number ") // want fmt.Print
}
