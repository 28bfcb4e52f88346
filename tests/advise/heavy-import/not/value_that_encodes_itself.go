package main

import "encoding/json"

type level int

func (level) MarshalText() ([]byte, error) { return []byte("high"), nil }

type state struct{ Level level }

func main() {
	text, _ := json.Marshal(state{})
	println(string(text))
}
