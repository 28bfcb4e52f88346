// Command garbage holds so many MiB and throws away so many more, in blocks of 16 KiB.
//
//	garbage 8 200
package main

import (
	"fmt"
	"os"
	"strconv"
)

const (
	block = 16 << 10
	mib   = 1 << 20
)

func main() {
	held, thrown := mebibytes(os.Args[1]), mebibytes(os.Args[2])
	kept := make([][]byte, held/block)
	for i := range kept {
		kept[i] = filled(i)
	}
	sum := 0
	for i := range thrown / block {
		sum += int(filled(i)[i%block])
	}
	for i := range kept {
		sum += int(kept[i][0])
	}
	fmt.Println(len(kept), sum)
}

func mebibytes(word string) int {
	count, err := strconv.Atoi(word)
	if err != nil {
		panic(err)
	}
	return count * mib
}

//go:noinline
func filled(number int) []byte {
	data := make([]byte, block)
	for i := range data {
		data[i] = byte(number)
	}
	return data
}
