// The host calls it; main does not.
package main

import "net"

//go:wasmexport run
func run() {
	net.Listen("tcp", ":80") // want net.Listen
}

func main() {}
