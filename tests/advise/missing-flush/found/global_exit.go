// A package's variable that main flushes when it returns, which it does not.
package main

import (
	"bufio"
	"fmt"
	"os"
)

var out = bufio.NewWriter(os.Stdout)

func main() {
	defer out.Flush()
	say("hello")
	os.Exit(len(os.Args)) // want os.Exit
}

func say(text string) { fmt.Fprintln(out, text) }
