package main

import "net" // want net

func main() {
	parse := func(text string) net.IP { return net.ParseIP(text) }
	println(parse("192.0.2.1").String())
}
