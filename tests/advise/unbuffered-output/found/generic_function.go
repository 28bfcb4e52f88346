// In a generic function.
package main

import "fmt"

func each[T any](all []T) {
	for _, one := range all {
		fmt.Println(one) // want fmt.Println
	}
}

func main() {
	each([]string{"a", "b"})
	each(make([]int, 50))
}
