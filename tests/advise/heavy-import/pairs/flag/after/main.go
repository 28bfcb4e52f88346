package main

import (
	"os"
	"strconv"
)

func main() {
	width := 80
	if len(os.Args) == 3 && os.Args[1] == "-width" {
		var err error
		if width, err = strconv.Atoi(os.Args[2]); err != nil {
			os.Stderr.WriteString("usage: [-width COLUMNS]\n")
			os.Exit(2)
		}
	}
	if width > 0 {
		os.Stdout.WriteString("wide\n")
	}
}
