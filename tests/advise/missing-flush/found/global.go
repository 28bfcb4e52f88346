// A package's variable that nothing flushes.
package main

import (
	"bufio"
	"fmt"
	"os"
)

var out = bufio.NewWriter(os.Stdout) // want bufio.NewWriter

func main() {
	say("hello")
}

func say(text string) { fmt.Fprintln(out, text) }
