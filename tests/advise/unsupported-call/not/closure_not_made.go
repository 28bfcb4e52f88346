// A closure in a function that nobody calls.
package main

import "net/http"

func later() func() {
	return func() { http.Get("http://192.0.2.1/") }
}

func main() {}
