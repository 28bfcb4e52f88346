// A line for each second.
package main

import (
	"fmt"
	"time"
)

func main() {
	for i := range 100 {
		fmt.Println(i)
		time.Sleep(time.Second)
	}
	ticker := time.NewTicker(time.Second)
	for range ticker.C {
		fmt.Println("tick")
	}
}
