// A method is kept, and called elsewhere under another name.
package main

import (
	"context"
	"net"
)

func main() {
	var d net.Dialer
	open := d.DialContext // want (*net.Dialer).DialContext
	use(open)
}

func use(open func(context.Context, string, string) (net.Conn, error)) {
	open(context.Background(), "tcp", "192.0.2.1:80")
}
