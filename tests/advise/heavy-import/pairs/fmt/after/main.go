package main

import (
	"os"
	"strconv"
)

func main() {
	os.Stdout.WriteString("total: " + strconv.Itoa(len(os.Args)) + " items\n")
	os.Stdout.WriteString("done " + strconv.FormatBool(len(os.Args) > 0) + "\n")
}
