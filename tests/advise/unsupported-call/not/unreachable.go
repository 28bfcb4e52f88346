// Nobody calls it, nor its only caller.
package main

import "net"

func send() { net.Dial("tcp", "192.0.2.1:80") }

func outer() { send() }

var _ = 1

func main() {}
