package tool

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// host adds, and refuses with an error of its own.
type host struct{ calls int }

var errRefused = errors.New("refused by the host")

func (h *host) EnvAdd(_ context.Context, _ api.Module, one int32, other int64) (int64, error) {
	h.calls++
	return int64(one) + other, nil
}

func (h *host) EnvRefuse(context.Context, api.Module) error { return errRefused }

func init() {
	checkHost = func(testing.TB, string) Host { return &host{} }
}

func TestBehaviour(t *testing.T) {
	ctx := t.Context()
	root := t.TempDir()
	for name, text := range map[string]string{"data/in/name.txt": "theirs", "data/out/.keep": ""} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	config := Config{Root: root, MaxOutput: 1 << 20, CacheDir: t.TempDir()}
	m, err := New(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	in := Input{Host: &host{}}
	run := func(words ...string) (Result, error) { return m.Run(ctx, Setup{Args: words}, in) }

	t.Run("a declared directory is below Root", func(t *testing.T) {
		got, err := run("copy", "/in/name.txt", "/out/name.txt")
		data, _ := os.ReadFile(filepath.Join(root, "data/out/name.txt"))
		if err != nil || got.ExitCode != 0 || string(data) != "theirs" {
			t.Errorf("%v %d %s %q", err, got.ExitCode, got.Stderr, data)
		}
	})
	t.Run("a read-only directory is not written", func(t *testing.T) {
		got, err := run("copy", "/in/name.txt", "/in/other.txt")
		if _, there := os.Stat(filepath.Join(root, "data/in/other.txt")); err != nil || got.ExitCode != 1 || there == nil {
			t.Errorf("%v %d %v", err, got.ExitCode, there)
		}
	})
	t.Run("what is not granted is an error", func(t *testing.T) {
		for _, s := range []Setup{{Dirs: map[string]string{"/etc": "/etc"}}, {Env: map[string]string{"HOME": "x"}}, {Dirs: map[string]string{"/in": "/nowhere"}}} {
			if _, err := m.Run(ctx, s, in); err == nil || !strings.HasPrefix(err.Error(), "tool: ") {
				t.Errorf("%v: %v", s, err)
			}
		}
	})
	t.Run("a variable is inherited by name only", func(t *testing.T) {
		t.Setenv("WHOM", "Grace")
		t.Setenv("OTHER", "secret")
		whom, _ := run("env", "WHOM")
		other, _ := run("env", "OTHER")
		if string(whom.Stdout) != "Grace\n" || string(other.Stdout) != "\n" {
			t.Errorf("%q %q", whom.Stdout, other.Stdout)
		}
	})
	t.Run("loops and sleeps end with the context", func(t *testing.T) {
		for _, word := range []string{"loop", "sleep"} {
			ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			_, err := m.Run(ctx, Setup{Args: []string{word}}, in)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", word, err)
			}
		}
	})
	t.Run("too much output ends the run", func(t *testing.T) {
		got, err := run("flood")
		if !errors.Is(err, ErrOutput) || len(got.Stdout) != config.MaxOutput {
			t.Errorf("%v, %d bytes", err, len(got.Stdout))
		}
	})
	t.Run("memory is capped", func(t *testing.T) {
		got, err := run("grow")
		if err != nil || got.ExitCode != 2 || !bytes.Contains(got.Stderr, []byte("out of memory")) {
			t.Errorf("%v %d %s", err, got.ExitCode, got.Stderr)
		}
	})
	t.Run("an error of the host is returned", func(t *testing.T) {
		if _, err := run("refuse"); !errors.Is(err, errRefused) {
			t.Error(err)
		}
		if _, err := m.Run(ctx, Setup{}, Input{}); err == nil {
			t.Error("there is no host, and that is no error")
		}
	})
	t.Run("runs at the same time do not meet", func(t *testing.T) {
		p, err := m.NewPool(ctx, 2, Setup{Args: []string{"echo"}})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for number := range 16 {
			all.Go(func() {
				word := strings.Repeat("x", number)
				in := Input{Host: &host{}, Stdin: strings.NewReader(word)}
				got, err := p.Run(ctx, in)
				if number%2 == 0 {
					got, err = m.Run(ctx, Setup{Args: []string{"echo"}}, Input{Host: &host{}, Stdin: strings.NewReader(word)})
				}
				if err != nil || string(got.Stdout) != word {
					t.Errorf("%v: %q, expected %q", err, got.Stdout, word)
				}
			})
		}
		all.Wait()
		if err := p.Close(ctx); err != nil {
			t.Error(err)
		}
		if _, err := p.Run(ctx, in); err == nil {
			t.Error("a closed pool runs")
		}
	})
	t.Run("machine code is kept by digest and version", func(t *testing.T) {
		kept, _ := filepath.Glob(filepath.Join(config.CacheDir, Digest, "wazero-v1.12.0-*", "*"))
		if len(kept) != 1 {
			t.Errorf("%q", kept)
		}
	})
}

func TestAnotherModuleIsRefused(t *testing.T) {
	whole := wasm
	defer func() { wasm = whole }()
	wasm = append(bytes.Clone(whole), 0)
	if _, err := New(t.Context(), Config{}); err == nil {
		t.Error("it was compiled")
	}
}
