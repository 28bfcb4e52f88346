package main

import (
	"os"
	"strconv"
)

func main() {
	os.Stderr.WriteString(strconv.Itoa(len(os.Args)) + " files\n")
	os.Stderr.WriteString("no input\n")
	os.Exit(1)
}
