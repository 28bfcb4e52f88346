package main

import "net"

func main() {
	_, err := net.Dial("tcp", "192.0.2.1:80")
	println(err == nil)
}
