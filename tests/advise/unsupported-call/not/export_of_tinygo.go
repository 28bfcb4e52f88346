// Go ignores TinyGo's directive, so that nobody calls the function.
package main

import "net"

//export run
func run() {
	net.Listen("tcp", ":80")
}

func main() {}
