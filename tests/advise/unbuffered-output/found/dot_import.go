// Without the package's name.
package main

import . "fmt"

func main() {
	for i := range 100 {
		Println(i) // want fmt.Println
	}
}
