package main

import (
	"time"
	_ "time/tzdata" // want time/tzdata
)

const tokyo = "Asia/Tokyo"

func main() {
	zone, _ := time.LoadLocation(tokyo)
	println(time.Unix(0, 0).In(zone).String())
}
