// A closure that is called in a loop, and one that another function calls in one.
package main

import "fmt"

func main() {
	say := func(i int) {
		fmt.Println("number", i) // want fmt.Println
	}
	for i := range 100 {
		say(i)
	}
	visit(100, func(i int) {
		fmt.Println("visited", i)
	})
}

func visit(until int, do func(int)) {
	for i := range until {
		do(i)
	}
}
