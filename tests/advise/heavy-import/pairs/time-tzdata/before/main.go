package main

import (
	"fmt"
	"time"
	_ "time/tzdata"
)

func main() {
	zone, _ := time.LoadLocation("Asia/Tokyo")
	fmt.Println(time.Unix(0, 0).In(zone))
}
