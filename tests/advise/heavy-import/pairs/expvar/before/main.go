package main

import (
	"expvar"
	"fmt"
)

var served = expvar.NewInt("served")

func main() {
	served.Add(1)
	fmt.Println(served.Value())
}
