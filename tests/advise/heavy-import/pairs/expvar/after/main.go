package main

import (
	"fmt"
	"sync/atomic"
)

var served atomic.Int64

func main() {
	served.Add(1)
	fmt.Println(served.Load())
}
