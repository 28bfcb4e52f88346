package main

import "net/http" // want net/http

func main() {
	name := http.StatusText
	println(name(404))
}
