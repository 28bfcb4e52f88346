package main

import (
	"fmt"
	"strings"
)

func isVersion(text string) bool {
	digits, ok := strings.CutPrefix(text, "v")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

func main() {
	fmt.Println(isVersion("v12"), isVersion("x"))
}
