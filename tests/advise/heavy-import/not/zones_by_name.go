package main

import (
	"os"
	"time"
	_ "time/tzdata"
)

func main() {
	zone, _ := time.LoadLocation(os.Args[1])
	println(zone.String())
}
