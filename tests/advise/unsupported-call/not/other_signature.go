// A method of this name, but not the interface's: it is not called through that.
package main

import "net"

type sink interface{ send() }

type none struct{}

func (none) send() {}

type socket struct{}

func (socket) send(text string) { net.Dial("tcp", text) }

func main() {
	for _, each := range []any{none{}, socket{}} {
		if s, ok := each.(sink); ok {
			s.send()
		}
	}
}
