package main

import "expvar" // want expvar

var served = expvar.NewInt("served")

func main() {
	served.Add(1)
	println(served.Value())
}
