// One implementation of two dials, and both are used.
package main

import (
	"net"
	"os"
)

type sink interface{ send(string) error }

type file struct{}

func (file) send(text string) error { return os.WriteFile("/out", []byte(text), 0o644) }

type socket struct{}

func (socket) send(text string) error {
	c, err := net.Dial("tcp", "192.0.2.1:80") // want net.Dial
	if err == nil {
		c.Write([]byte(text))
	}
	return err
}

func choose() sink {
	if len(os.Args) > 1 {
		return socket{}
	}
	return file{}
}

func main() {
	choose().send("x")
}
