// The same, for all that uses the default.
package main

import (
	"errors"
	"net/http"
)

type host struct{}

func (host) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no") }

func main() {
	http.DefaultTransport = host{}
	http.Get("http://192.0.2.1/")
}
