// Nothing calls it, or it is decided when it is compiled.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	if runtime.GOOS != "wasip1" {
		for i := range 100 {
			fmt.Println(i)
		}
	}
}

func unused() {
	for i := range 100 {
		fmt.Println(i)
	}
}
