package main

import (
	"fmt"
	"strconv"
)

type point struct {
	X     int
	Label string
	Set   bool
}

func (p point) appendJSON(out []byte) []byte {
	out = strconv.AppendInt(append(out, `{"x":`...), int64(p.X), 10)
	out = appendString(append(out, `,"label":`...), p.Label)
	out = strconv.AppendBool(append(out, `,"set":`...), p.Set)
	return append(out, '}')
}

func appendString(out []byte, text string) []byte {
	out = append(out, '"')
	for _, c := range []byte(text) {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

func main() {
	line := point{3, "a \"b\"", true}.appendJSON(nil)
	fmt.Printf("%s\n", line)
}
