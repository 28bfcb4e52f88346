// Once, or a few times.
package main

import "fmt"

func main() {
	fmt.Println("once")
	for i := 0; i < 3; i++ {
		fmt.Println(i)
	}
	for _, each := range []string{"a", "b"} {
		fmt.Println(each)
	}
}
