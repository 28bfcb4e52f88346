package main

import (
	"fmt"
	"regexp"
)

var version = regexp.MustCompile(`^v[0-9]+$`)

func main() {
	fmt.Println(version.MatchString("v12"), version.MatchString("x"))
}
