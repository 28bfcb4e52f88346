package main

import (
	"time"
	_ "time/tzdata" // want time/tzdata
)

func main() { println(time.Unix(0, 0).UTC().String()) }
