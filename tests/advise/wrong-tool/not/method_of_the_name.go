package main

import "net/http"

type server struct{ http.Header }

func (s server) ListenAndServe() error { return nil }

type serving interface{ ListenAndServe() error }

func main() {
	var net serving = server{}
	println(net.ListenAndServe() == nil)
}
