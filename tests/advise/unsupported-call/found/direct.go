// The call itself, in main.
package main

import "net"

func main() {
	net.Dial("tcp", "192.0.2.1:80") // want net.Dial
}
