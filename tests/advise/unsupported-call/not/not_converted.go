// The type that dials is made, but is no value of the interface that is called.
package main

import "net"

type sink interface{ send() }

type none struct{}

func (none) send() {}

type socket struct{ open int }

func (socket) send() { net.Dial("tcp", "192.0.2.1:80") }

func use(s sink) { s.send() }

func main() {
	s := socket{open: 1}
	println(s.open)
	use(none{})
}
