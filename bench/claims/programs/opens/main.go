// Command opens reads a file so many times and prints how many bytes that were.
//
//	opens /data/in.txt 1000
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	times, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	sum := 0
	for range times {
		data, err := os.ReadFile(os.Args[1])
		if err != nil {
			panic(err)
		}
		sum += len(data)
	}
	fmt.Println(sum)
}
