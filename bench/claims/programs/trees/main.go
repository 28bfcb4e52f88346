// Command trees keeps one large binary tree and builds so many small ones, which it forgets: many
// small objects that point at each other.
//
//	trees 200
package main

import (
	"fmt"
	"os"
	"strconv"
)

const large, small = 17, 10 // levels

type tree struct{ left, right *tree }

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	kept := build(large)
	sum := 0
	for range count {
		sum += build(small).size()
	}
	fmt.Println(kept.size(), sum)
}

func build(levels int) *tree {
	if levels == 0 {
		return nil
	}
	return &tree{build(levels - 1), build(levels - 1)}
}

func (t *tree) size() int {
	if t == nil {
		return 0
	}
	return t.left.size() + 1 + t.right.size()
}
