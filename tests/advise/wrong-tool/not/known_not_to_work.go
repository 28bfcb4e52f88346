package main

import "net/http"

func main() {
	go func() {
		http.ListenAndServe("localhost:6060", nil) //wasip1:ignore unsupported-call it goes on without
	}()
	println("done")
}
