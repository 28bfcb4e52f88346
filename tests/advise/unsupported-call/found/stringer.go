// fmt asks for the method; nobody here calls it.
package main

import (
	"fmt"
	"net"
)

type host string

func (h host) String() string {
	found, _ := net.LookupCNAME(string(h)) // want net.LookupCNAME
	return found
}

func main() {
	fmt.Println(host("example.com"))
}
