package main

import (
	_ "embed"
	"fmt"
	"time"
)

// $GOROOT/lib/time/zoneinfo.zip has it.
//
//go:embed tokyo.tzif
var tokyo []byte

func main() {
	zone, _ := time.LoadLocationFromTZData("Asia/Tokyo", tokyo)
	fmt.Println(time.Unix(0, 0).In(zone))
}
