package main

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestExitCodeSaysWhoWasWrong(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		input  string
		exit   int
		stdout string
		stderr string // a part of it
	}{
		{"every line read", nil, `{"a":1}` + "\n", exitOK, `{"a":1}` + "\n", ""},
		{"nothing to read", []string{"--where", "a=1"}, "", exitOK, "", ""},
		{"a line left out", nil, "[1]\n{}\n", exitInput, "{}\n", "jsonl: line 1: not an object"},
		{"help", []string{"--help"}, "", exitOK, "", "-where CONDITION"},
		{"unknown flag", []string{"--were", "a"}, "", exitUsage, "", "flag provided but not defined"},
		{"bad condition", []string{"--where", "=1"}, "", exitUsage, "", "no path before"},
		{"file name", []string{"a.jsonl"}, "", exitUsage, "", "input comes from standard input"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			exit := run(test.args, strings.NewReader(test.input), &stdout, &stderr)
			if exit != test.exit || stdout.String() != test.stdout || !strings.Contains(stderr.String(), test.stderr) {
				t.Errorf("exit %d, stdout %q, stderr %q", exit, stdout.String(), stderr.String())
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestBrokenStreamsAreReported(t *testing.T) {
	var stdout, stderr strings.Builder
	if exit := run(nil, iotest.ErrReader(errors.New("pipe burst")), &stdout, &stderr); exit != exitInput {
		t.Errorf("broken input: exit %d", exit)
	}
	if exit := run(nil, strings.NewReader("{}\n"), fullDisk{}, &stderr); exit != exitInput {
		t.Errorf("broken output: exit %d", exit)
	}
	want := "jsonl: after line 0: pipe burst\njsonl: no space left\n"
	if stderr.String() != want {
		t.Errorf("stderr %q, want %q", stderr.String(), want)
	}
}
