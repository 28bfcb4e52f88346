// Command host-go sums up access logs with the module of ../aggregate, which runs
// in this process. It is compiled once; each log gets an instance of its own, all
// at the same time.
//
//	go run . [LOG ...]
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"example.com/host-go/aggregate"
)

//go:generate wasip1 embed aggregate --file ../../wasip1.toml --output aggregate

func main() {
	logs := os.Args[1:]
	if len(logs) == 0 {
		logs = []string{"../aggregate/testdata/access.log", "../aggregate/testdata/bad.log"}
	}
	if err := run(context.Background(), logs, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, logs []string, out io.Writer) error {
	config := aggregate.Config{MaxOutput: 64 << 10}
	if cache, err := os.UserCacheDir(); err == nil {
		config.CacheDir = filepath.Join(cache, "host-go") // the next start need not compile
	}
	module, err := aggregate.New(ctx, config)
	if err != nil {
		return err
	}
	defer module.Close(ctx)

	reports := make([]string, len(logs))
	var all sync.WaitGroup
	for number, name := range logs {
		all.Go(func() { reports[number] = report(ctx, module, name) })
	}
	all.Wait()
	_, err = io.WriteString(out, strings.Join(reports, ""))
	return err
}

// report runs the module on one log. Whatever becomes of it, the others go on.
func report(ctx context.Context, module *aggregate.Module, name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Sprintln(err)
	}
	host := &batches{}
	setup := aggregate.Setup{Args: []string{"--batch", "4"}}
	result, err := module.Run(ctx, setup, aggregate.Input{Stdin: bytes.NewReader(data), Host: host})
	if err != nil {
		return fmt.Sprintln(name, err)
	}
	return fmt.Sprintf("%s: exit code %d, %d records in %d batches\n%s",
		name, result.ExitCode, host.records, host.calls, result.Stderr)
}
