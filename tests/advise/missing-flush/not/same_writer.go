// csv.NewWriter and bufio.NewWriter give back a bufio.Writer that they are given: one Flush for both.
package main

import (
	"bufio"
	"encoding/csv"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	out.WriteString("# head\n")
	table := csv.NewWriter(out)
	table.Write([]string{"a", "b"})
	table.Flush()
	whole := csv.NewWriter(os.Stdout)
	whole.WriteAll([][]string{{"a"}})
}
