package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tiny is a GIF of one pixel.
const tiny = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

func TestExitCodeSaysWhatFailed(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	for name, content := range map[string]string{"dot.gif": tiny, "bad.png": "bad"} {
		if err := os.WriteFile(filepath.Join(in, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		args   []string
		exit   int
		stdout string
		stderr string // a part of it
	}{
		{"a named picture", []string{"dot.gif"}, exitOK, "dot.gif -> dot.png 1x1\n", ""},
		{"all pictures", nil, exitPicture, "dot.gif -> dot.png 1x1\n", "bad.png: image: unknown format"},
		{"a picture that is not there", []string{"no.png"}, exitPicture, "", "no.png: "},
		{"no such directory", []string{"--in", filepath.Join(in, "none")}, exitPicture, "", "thumbnail: "},
		{"no width", []string{"--width", "0"}, exitUsage, "", "--width 0: must be 1 or more"},
		{"unknown flag", []string{"--height", "1"}, exitUsage, "", "flag provided but not defined"},
		{"help", []string{"--help"}, exitOK, "", "-width PIXELS"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			exit := run(append([]string{"--in", in, "--out", out}, test.args...), &stdout, &stderr)
			if exit != test.exit || stdout.String() != test.stdout || !strings.Contains(stderr.String(), test.stderr) {
				t.Errorf("exit %d, stdout %q, stderr %q", exit, stdout.String(), stderr.String())
			}
		})
	}
}
