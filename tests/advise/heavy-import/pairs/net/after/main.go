package main

import (
	"fmt"
	"net/netip"
)

func main() {
	address, _ := netip.ParseAddr("192.0.2.1")
	fmt.Println(address)
}
