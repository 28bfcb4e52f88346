// The host is asked for what the network would do elsewhere.
package main

import (
	"errors"
	"net/http"
)

type host struct{}

func (host) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no") }

func main() {
	client := &http.Client{Transport: host{}}
	client.Get("http://192.0.2.1/")
}
