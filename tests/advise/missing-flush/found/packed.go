// What packs must be closed; Flush would do for none of these, and nothing calls either.
package main

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/csv"
	"os"
	"text/tabwriter"
)

func main() {
	packed := gzip.NewWriter(os.Stdout) // want gzip.NewWriter
	packed.Write([]byte("x"))
	table := csv.NewWriter(os.Stdout) // want csv.NewWriter
	table.Write([]string{"a"})
	columns := tabwriter.NewWriter(os.Stdout, 0, 8, 1, ' ', 0) // want tabwriter.NewWriter
	columns.Write([]byte("a\tb\n"))
	coded := base64.NewEncoder(base64.StdEncoding, os.Stdout) // want base64.NewEncoder
	coded.Write([]byte("x"))
}
