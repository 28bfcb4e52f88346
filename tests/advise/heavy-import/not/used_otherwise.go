package main

import "net/http"

func main() {
	h := http.Header{}
	h.Set("a", "b")
	println(http.StatusOK, len(h))
}
