// A file that was opened.
package main

import (
	"fmt"
	"os"
)

func main() {
	file, err := os.Create("/out/list.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	for i := range 100 {
		fmt.Fprintln(file, i) // want fmt.Fprintln
	}
}
