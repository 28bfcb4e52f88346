// Command jsonl filters JSON lines from standard input to standard output.
//
//	jsonl --where 'status>=500' --select ts,request.path < access.jsonl
//
// Lines that are not JSON objects are named on standard error and left out.
// It exits with 0 when every line was read, 1 when some were left out or the
// streams failed, and 2 when it was called wrongly.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"example.com/jsonl/internal/filter"
	"example.com/jsonl/internal/query"
)

const (
	exitOK = iota
	exitInput
	exitUsage
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main with its surroundings as parameters, so that tests can call it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	options, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		return exitUsage
	}

	// Without a buffer every line would be a host call (fd_write) of its own.
	output := bufio.NewWriter(stdout)
	skipped := 0
	options.Skipped = func(line int, reason error) {
		skipped++
		fmt.Fprintf(stderr, "jsonl: line %d: %v\n", line, reason)
	}
	err = errors.Join(filter.Run(options, stdin, output), output.Flush())
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "jsonl: %v\n", err)
		return exitInput
	case skipped > 0:
		return exitInput
	}
	return exitOK
}

// parse reads the command line. What is wrong with it has been printed when it
// returns an error.
func parse(args []string, stderr io.Writer) (filter.Options, error) {
	var options filter.Options
	flags := flag.NewFlagSet("jsonl", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Func("where", "keep lines for which `CONDITION` holds: PATH, PATH=V, !=, <, <=, >, >= (repeat for more)",
		func(text string) error {
			condition, err := query.ParseCondition(text)
			options.Where = append(options.Where, condition)
			return err
		})
	flags.Func("select", "print only these `PATHS`, separated by commas, in this order",
		func(text string) (err error) {
			options.Select, err = query.ParsePaths(text)
			return err
		})
	flags.IntVar(&options.MaxLine, "max-line", 1<<20, "leave out lines longer than this many `BYTES`")
	if err := flags.Parse(args); err != nil {
		return options, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unexpected argument %q: input comes from standard input", flags.Arg(0))
		fmt.Fprintf(stderr, "jsonl: %v\n", err)
		return options, err
	}
	return options, nil
}
