// The method is promoted from what is embedded.
package main

import "net"

type dialer struct{ net.Dialer }

func main() {
	d := &dialer{}
	d.Dial("tcp", "192.0.2.1:80") // want (*net.Dialer).Dial
}
