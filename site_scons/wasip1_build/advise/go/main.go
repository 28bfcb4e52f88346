// Advisor reads Go programs as they are compiled for wasip1, and says what in them cannot work or
// is slow there. It reads one request (exchange.Request) as JSON from stdin and writes one result
// (exchange.Result) to stdout.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/rules"
)

func main() {
	debug.SetGCPercent(400) // all that is read is kept to the end: collecting it costs and frees little
	var asked exchange.Request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fail(err)
	}
	answer, err := rules.Answer(&asked)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "advisor:", err)
	os.Exit(1)
}
