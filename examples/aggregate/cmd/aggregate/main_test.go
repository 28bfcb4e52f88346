package main

import (
	"errors"
	"strings"
	"testing"
)

const good = "ts=2026-03-01T10:00:00Z method=GET path=/ status=200\n"

func TestExitCodeSaysWhoWasWrong(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		input  string
		emit   error
		exit   int
		stderr string // a part of it
	}{
		{"every line read", nil, good + "\n" + good, nil, exitOK, "3 lines, 0 bad, 0 late, 1 records in 1 batches"},
		{"nothing to read", nil, "", nil, exitOK, "0 lines, 0 bad, 0 late, 0 records in 0 batches"},
		{"a bad line", nil, good + "?\n", nil, exitInput, "line 2: incomplete: no method"},
		{"a host that refuses", nil, good, errors.New("queue full"), exitInput, "aggregate: queue full"},
		{"no window", []string{"--window", "0s"}, "", nil, exitUsage, "must be positive"},
		{"file name", []string{"access.log"}, "", nil, exitUsage, "standard input"},
		{"unknown flag", []string{"--windows"}, "", nil, exitUsage, "flag provided but not defined"},
		{"help", []string{"--help"}, "", nil, exitOK, "-window LENGTH"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stderr strings.Builder
			exit := run(test.args, strings.NewReader(test.input), &stderr, func([]byte) error { return test.emit })
			if exit != test.exit || !strings.Contains(stderr.String(), test.stderr) {
				t.Errorf("exit %d, stderr %q", exit, stderr.String())
			}
		})
	}
}

func TestOnlyTheFirstBadLinesAreNamed(t *testing.T) {
	var stderr strings.Builder
	run(nil, strings.NewReader(strings.Repeat("?\n", 50)), &stderr, nil)
	if got := strings.Count(stderr.String(), "\n"); got != named+1 {
		t.Errorf("%d lines on stderr:\n%s", got, stderr.String())
	}
}
