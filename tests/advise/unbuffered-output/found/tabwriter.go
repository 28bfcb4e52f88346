// A tabwriter has no buffer towards what it writes to.
package main

import (
	"fmt"
	"os"
	"text/tabwriter"
)

func main() {
	table := tabwriter.NewWriter(os.Stdout, 0, 8, 1, ' ', 0)
	for i := range 100 {
		fmt.Fprintf(table, "%d\t%d\tend\n", i, i*i) // want fmt.Fprintf
	}
	table.Flush()
}
