package main

import _ "net/http/pprof" // want net/http/pprof

func main() { println("hello") }
