package main

import "net/http" // want net/http

func named[T ~int](code T) string { return http.StatusText(int(code)) }

func main() { println(named(404)) }
