package main

import (
	"flag"
	"os"
)

func main() {
	width := flag.Int("width", 80, "columns")
	flag.Parse()
	if *width > 0 {
		os.Stdout.WriteString("wide\n")
	}
}
