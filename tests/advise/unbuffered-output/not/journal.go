// Each line must be on the disk before the next one.
package main

import (
	"fmt"
	"os"
)

func main() {
	file, _ := os.OpenFile("/out/journal", os.O_APPEND|os.O_WRONLY, 0)
	for i := range 100 {
		fmt.Fprintln(file, i)
		file.Sync()
	}
}
