// Command tool does what its first argument says.
package main

import (
	"io"
	"os"
	"strconv"
	"time"
)

//go:wasmimport env add
func add(one int32, other int64) int64

//go:wasmimport env refuse
func refuse()

var kept [][]byte

func main() {
	switch words := os.Args[1:]; words[0] {
	case "env":
		os.Stdout.WriteString(os.Getenv(words[1]) + "\n")
	case "copy":
		data, err := os.ReadFile(words[1])
		if err == nil {
			err = os.WriteFile(words[2], data, 0o644)
		}
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
	case "echo":
		io.Copy(os.Stdout, os.Stdin)
	case "exit":
		os.Stderr.WriteString("bye\n")
		code, _ := strconv.Atoi(words[1])
		os.Exit(code)
	case "add":
		os.Stdout.WriteString(strconv.FormatInt(add(-40, 2), 10) + "\n")
	case "refuse":
		refuse()
	case "loop":
		for {
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "flood":
		for {
			os.Stdout.Write(make([]byte, 1<<16))
		}
	case "grow":
		for {
			kept = append(kept, make([]byte, 1<<20))
		}
	}
}
