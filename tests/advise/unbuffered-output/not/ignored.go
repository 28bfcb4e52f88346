// Meant so, and said why: at the first line of a function, for all of it, or at a single one.
package main

import "fmt"

func main() {
	for i := range 100 {
		fmt.Println(i) //wasip1:ignore unbuffered-output the host reads line by line
		fmt.Println(i)
	}
}
