// Command kernels does one kind of computing for so many rounds and prints what came out.
//
//	kernels sort 20
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
)

var kernels = map[string]func(rounds int) uint64{
	"sort":   sortNumbers,
	"sha256": hash,
	"json":   decodeAndEncode,
	"regexp": match,
	"bytes":  split,
	"float":  multiply,
}

func main() {
	rounds, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	fmt.Println(kernels[os.Args[1]](rounds))
}

// random is a sequence that is the same everywhere (Knuth's MMIX generator).
type random uint64

func (r *random) next() uint64 {
	*r = *r*6364136223846793005 + 1442695040888963407
	return uint64(*r >> 16)
}

func sortNumbers(rounds int) (sum uint64) {
	var numbers [100_000]uint64
	source := random(1)
	for range rounds {
		for i := range numbers {
			numbers[i] = source.next()
		}
		slices.Sort(numbers[:])
		sum += numbers[len(numbers)/2]
	}
	return sum
}

func hash(rounds int) (sum uint64) {
	block := make([]byte, 1<<20)
	for range rounds {
		digest := sha256.Sum256(block)
		copy(block, digest[:])
		sum += uint64(digest[0])
	}
	return sum
}

type record struct {
	Time   string            `json:"ts"`
	Status int               `json:"status"`
	Fields map[string]string `json:"fields"`
	Sizes  []float64         `json:"sizes"`
}

func decodeAndEncode(rounds int) (sum uint64) {
	text := []byte(`{"ts":"2026-03-01T10:00:00Z","status":200,"fields":{"method":"GET","path":"/a"},` +
		`"sizes":[1,2.5,3e3]}`)
	for range rounds * 1000 {
		var value record
		if err := json.Unmarshal(text, &value); err != nil {
			panic(err)
		}
		again, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		sum += uint64(len(again))
	}
	return sum
}

func match(rounds int) (sum uint64) {
	pattern := regexp.MustCompile(`(\w+)=("[^"]*"|\S+)`)
	line := []byte(`ts=2026-03-01T10:00:00Z level=info method=GET path="/search?q=a b" status=200 dur=12ms`)
	for range rounds * 1000 {
		sum += uint64(len(pattern.FindAllSubmatchIndex(line, -1)))
	}
	return sum
}

func split(rounds int) (sum uint64) {
	text := bytes.Repeat([]byte("one,two,three,four\n"), 10_000)
	for range rounds {
		for line := range bytes.Lines(text) {
			for field := range bytes.SplitSeq(line, []byte(",")) {
				sum += uint64(bytes.IndexByte(field, 'e') + 1)
			}
		}
	}
	return sum
}

func multiply(rounds int) uint64 {
	const size = 128
	var a, b, c [size][size]float64
	for i := range size {
		for j := range size {
			a[i][j], b[i][j] = float64(i+j), float64(i-j)
		}
	}
	for range rounds {
		for i := range size {
			for j := range size {
				sum := 0.0
				for k := range size {
					sum += a[i][k] * b[k][j]
				}
				c[i][j] = sum
			}
		}
	}
	return uint64(c[size-1][0])
}
