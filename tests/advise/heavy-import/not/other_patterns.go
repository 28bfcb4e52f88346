package main

import (
	"os"
	"regexp"
)

var pattern = regexp.MustCompile(`^(a|b+)*c$`)

func main() {
	println(pattern.MatchString("c"), regexp.MustCompile(os.Args[0]).MatchString("c"))
}
