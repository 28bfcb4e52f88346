// The client has a way of its own to connect, which is no other.
package main

import (
	"context"
	"net"
	"net/http"
)

func main() {
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(c context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(c, "tcp", address) // want (*net.Dialer).DialContext
		},
	}}
	client.Get("http://192.0.2.1/")
}
