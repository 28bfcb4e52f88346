// A method value in a table, after a way out: it may be a server.
package main

import (
	"net"
	"os"
)

type tool struct{ address string }

func (t tool) listen() error {
	_, err := net.Listen("tcp", t.address) // want net.Listen
	return err
}

func (t tool) print() error { println(t.address); return nil }

func main() {
	t := tool{":80"}
	commands := map[string]func() error{"listen": t.listen, "print": t.print}
	if len(os.Args) < 2 {
		return
	}
	println(commands[os.Args[1]]() == nil)
}
