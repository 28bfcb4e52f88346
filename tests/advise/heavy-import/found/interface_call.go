package main

import (
	"encoding/json" // want encoding/json
	"io"
	"os"
)

type point struct{ X, Y int }

type shower interface{ show(io.Writer) error }

func (p point) show(to io.Writer) error { return json.NewEncoder(to).Encode(p) }

func main() {
	var each shower = point{1, 2}
	each.show(os.Stdout)
}
