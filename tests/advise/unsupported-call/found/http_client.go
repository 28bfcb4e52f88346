// Clients of their own, and one with the usual transport.
package main

import "net/http"

func main() {
	request, _ := http.NewRequest("GET", "http://192.0.2.1/", nil)
	client := &http.Client{}
	client.Do(request) // want (*net/http.Client).Do
	var usual http.RoundTripper = &http.Transport{}
	usual.RoundTrip(request) // want (*net/http.Transport).RoundTrip
}
