package main

import "net"

type service interface{ name() string }

type echo struct{}

func (echo) name() string { return "echo" }

func serve[S service](s S) error {
	_, err := net.ListenPacket("udp", ":53") // want net.ListenPacket
	println(s.name())
	return err
}

func main() { println(serve(echo{})) }
