package main

import "flag"

func main() {
	a, b, c := flag.Int("a", 0, ""), flag.Int("b", 0, ""), flag.Int("c", 0, "")
	d, e := flag.Int("d", 0, ""), flag.Int("e", 0, "")
	flag.Parse()
	println(*a, *b, *c, *d, *e)
}
