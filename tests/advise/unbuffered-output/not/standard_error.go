// What is wrong is said at once.
package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	mine := log.New(os.Stderr, "", 0)
	for i := range 100 {
		fmt.Fprintln(os.Stderr, i)
		log.Println(i)
		mine.Println(i)
	}
}
