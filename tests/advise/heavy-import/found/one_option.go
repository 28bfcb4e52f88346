package main

import "flag" // want flag

func main() {
	width := flag.Int("width", 80, "columns")
	flag.Parse()
	println(*width)
}
