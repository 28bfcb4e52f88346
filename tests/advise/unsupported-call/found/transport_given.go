// The usual transport, with a setting: the client calls it.
package main

import "net/http"

func main() {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // want (*net/http.Transport).RoundTrip
	client.Get("http://192.0.2.1/")                                             // want (*net/http.Client).Get
}
