// What the standard library buffers by itself, and what is gathered first.
package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
)

func main() {
	table := csv.NewWriter(os.Stdout)
	var text strings.Builder
	var bytes bytes.Buffer
	for i := range 100 {
		table.Write([]string{"a"})
		fmt.Fprintln(&text, i)
		fmt.Fprintln(&bytes, i)
	}
	table.Flush()
	fmt.Print(text.String())
	os.Stdout.Write(bytes.Bytes())
}
