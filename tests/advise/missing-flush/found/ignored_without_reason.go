// An ignore without a reason silences nothing.
package main

import (
	"bufio"
	"os"
)

func main() {
	//wasip1:ignore missing-flush
	out := bufio.NewWriter(os.Stdout) // want bufio.NewWriter
	out.WriteString("x")
}
