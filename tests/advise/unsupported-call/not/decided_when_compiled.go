// The compiler leaves out what is for other systems.
package main

import (
	"errors"
	"net"
	"os/exec"
	"runtime"
)

const isWasm = runtime.GOARCH == "wasm"

func send() error {
	if runtime.GOOS == "wasip1" {
		return errors.New("no network")
	}
	_, err := net.Dial("tcp", "192.0.2.1:80")
	return err
}

func run() error {
	if isWasm {
		return nil
	} else {
		return exec.Command("ls").Run()
	}
}

func look() {
	switch runtime.GOOS {
	case "linux", "darwin":
		net.LookupHost("example.com")
	case "wasip1":
		println("none")
	default:
		net.LookupIP("example.com")
	}
}

func main() {
	if !isWasm && len(runtime.Version()) > 1 {
		net.LookupAddr("192.0.2.1")
	}
	println(send(), run())
	look()
}
