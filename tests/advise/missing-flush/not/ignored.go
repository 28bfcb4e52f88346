// Meant so, and said why.
package main

import (
	"bufio"
	"os"
)

func main() {
	//wasip1:ignore missing-flush what is left over is not wanted
	out := bufio.NewWriter(os.Stdout)
	out.WriteString("x")
}
