// The one that dials is never made.
package main

import "net"

type sink interface{ send() }

type none struct{}

func (none) send() {}

type socket struct{}

func (socket) send() { net.Dial("tcp", "192.0.2.1:80") }

func use(s sink) { s.send() }

func main() { use(none{}) }
