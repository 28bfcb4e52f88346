// It is said once, and the loop is over.
package main

import (
	"fmt"
	"os"
)

func main() {
	for _, each := range os.Args {
		if each == "-h" {
			fmt.Println("no help")
			return
		}
		if each == "-v" {
			fmt.Println("no version")
			break
		}
	}
}
