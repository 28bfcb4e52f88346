// All ways to write to standard output itself.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	for i := range 30 {
		fmt.Fprintf(os.Stdout, "%d\n", i) // want fmt.Fprintf
		os.Stdout.WriteString("text\n")
		os.Stdout.Write([]byte("bytes\n"))
		io.WriteString(os.Stdout, "text again\n")
	}
	fmt.Println("end")
}
