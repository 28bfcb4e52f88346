// Attack tries what it was not granted. Its first argument says what; it says how that went.
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Println("nothing to do")
		return
	}
	what, rest := os.Args[1], os.Args[2:]
	switch what {
	case "args":
		fmt.Printf("%q\n", rest)
	case "env":
		value, found := os.LookupEnv(rest[0])
		fmt.Printf("%v %q\n", found, value)
	case "stdin":
		text, err := io.ReadAll(os.Stdin)
		said(string(text), err)
	case "read":
		text, err := os.ReadFile(rest[0])
		said(string(text), err)
	case "write":
		said("written", os.WriteFile(rest[0], []byte("attack"), 0o644))
	case "remove":
		said("removed", os.Remove(rest[0]))
	case "link":
		// A symbolic link of the guest's own making, and what can be read through it.
		if err := os.Symlink(rest[0], rest[1]); err != nil {
			said("", err)
			return
		}
		text, err := os.ReadFile(rest[1])
		said(string(text), err)
	case "race":
		race(rest[0])
	case "socket":
		socket()
	case "memory":
		memory(rest[0])
	case "loop":
		fmt.Println("begun")
		for {
		}
	case "sleep":
		fmt.Println("begun")
		time.Sleep(time.Hour)
	case "flood":
		line := make([]byte, 1<<16)
		for {
			os.Stdout.Write(line)
		}
	case "files":
		for n := 0; n < 100_000; n++ {
			if err := os.WriteFile(fmt.Sprintf("%s/%d", rest[0], n), nil, 0o644); err != nil {
				said("", err)
				return
			}
		}
		fmt.Println("written")
	case "exit":
		code, _ := strconv.Atoi(rest[0])
		os.Exit(code)
	}
}

func said(text string, err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("got:", text)
}

// race opens a path again and again, while someone outside swaps what it is.
func race(path string) {
	opened := 0
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		opened++
		if string(text) == "secret" {
			fmt.Println("got: secret")
			return
		}
	}
	fmt.Println("refused: it was read", opened > 0)
}

func memory(mib string) {
	wanted, _ := strconv.Atoi(mib)
	var kept [][]byte
	for n := 0; n < wanted; n++ {
		block := make([]byte, 1<<20)
		for at := 0; at < len(block); at += 4096 {
			block[at] = 1
		}
		kept = append(kept, block)
	}
	fmt.Println("got:", len(kept), "MiB")
}
