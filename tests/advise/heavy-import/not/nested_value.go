package main

import "encoding/json"

type list struct{ Items []int }

func main() {
	text, _ := json.Marshal(list{})
	println(string(text))
}
