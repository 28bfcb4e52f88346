// A line for each item.
package main

import "fmt"

func main() {
	names := []string{"ann", "bob", "cid"}
	for i := 0; i < 40; i++ {
		for _, name := range names {
			fmt.Println(i, name) // want fmt.Println
			fmt.Print("-\n")
		}
		fmt.Println()
	}
	fmt.Println("done")
}
