package main

import (
	"encoding/json"
	"fmt"
)

type point struct {
	X     int    `json:"x"`
	Label string `json:"label"`
	Set   bool   `json:"set"`
}

func main() {
	line, _ := json.Marshal(point{3, "a \"b\"", true})
	fmt.Printf("%s\n", line)
}
