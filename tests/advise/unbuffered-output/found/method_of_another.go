// A function that is a method, with a name of its own that hides the package's later.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type list []int

func (l list) print(prefix string) {
	fmt.Println("list:")
	for i := range l {
		out := strconv.Itoa(l[i])
		if i%2 == 0 {
			out += "!"
		}
		fmt.Fprintln(os.Stdout, prefix, out) // want fmt.Fprintln
	}
	fmt.Println()
}

func main() {
	list{1, 2, 3}.print("a")
	list{1, 2, 3}.print("b")
}
