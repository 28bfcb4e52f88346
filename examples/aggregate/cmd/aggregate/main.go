// Command aggregate turns an access log on standard input into counts for each
// window of time, route and status class, and hands them to its host in batches.
//
//	aggregate --window 1m --grace 10s --batch 100 < access.log
//
// Lines that cannot be read are named on standard error, the first few of them.
// The last line there sums up. It exits with 0, with 1 when lines were left out
// or a batch was not taken, and with 2 when it was called wrongly.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"example.com/aggregate/internal/access"
	"example.com/aggregate/internal/batch"
	"example.com/aggregate/internal/host"
	"example.com/aggregate/internal/window"
	"example.com/shared/lines"
)

// named is how many bad lines are named before they are only counted.
const named = 5

const (
	exitOK = iota
	exitInput
	exitUsage
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stderr, host.EmitBatch))
}

// run is main with its surroundings as parameters, so that tests can call it.
func run(args []string, stdin io.Reader, stderr io.Writer, emit batch.Emit) int {
	var settings window.Settings
	flags := flag.NewFlagSet("aggregate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.DurationVar(&settings.Width, "window", time.Minute, "`LENGTH` of a window")
	flags.DurationVar(&settings.Grace, "grace", 10*time.Second, "`TIME` to wait for entries out of order")
	flags.IntVar(&settings.MaxGroups, "max-groups", 10_000, "`NUMBER` of routes that are told apart at a time")
	size := flags.Int("batch", 100, "`NUMBER` of records in a batch")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitOK
	} else if err != nil {
		return exitUsage
	}
	if settings.Width <= 0 || settings.Grace < 0 || settings.MaxGroups < 1 || *size < 1 || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "aggregate: --window, --max-groups and --batch must be positive,",
			"--grace not negative, and input comes from standard input")
		return exitUsage
	}

	job := job{
		input:   lines.NewReader(stdin, 0),
		counter: window.NewCounter(settings),
		output:  batch.NewWriter(*size, emit),
		stderr:  stderr,
	}
	err := job.run()
	if err != nil {
		fmt.Fprintf(stderr, "aggregate: %v\n", err)
	}
	fmt.Fprintf(stderr, "aggregate: %d lines, %d bad, %d late, %d records in %d batches\n",
		job.input.Number(), job.bad, job.counter.Late(), job.output.Records(), job.output.Batches())
	if err != nil || job.bad > 0 {
		return exitInput
	}
	return exitOK
}

// A job is the way of one log through the program.
type job struct {
	input   *lines.Reader
	counter *window.Counter
	output  *batch.Writer
	stderr  io.Writer
	bad     int
}

// run reads to the end of the input. Bad lines do not stop it; a broken input or
// a host that refuses a batch does.
func (j *job) run() error {
	for {
		line, err := j.input.Next()
		if err == io.EOF {
			return errors.Join(j.output.Write(j.counter.Rest()), j.output.Flush())
		}
		if err != nil && !errors.Is(err, lines.ErrTooLong) {
			return err
		}
		if err == nil && len(line) == 0 {
			continue
		}
		var entry access.Entry
		if err == nil {
			entry, err = access.Parse(line)
		}
		if err != nil {
			j.leaveOut(err)
			continue
		}
		if err := j.output.Write(j.counter.Add(entry)); err != nil {
			return err
		}
	}
}

func (j *job) leaveOut(reason error) {
	j.bad++
	if j.bad <= named {
		fmt.Fprintf(j.stderr, "aggregate: line %d: %v\n", j.input.Number(), reason)
	}
}
