// An initialiser, in a function that it calls.
package main

import "net"

var address = lookup()

func lookup() []string {
	found, _ := net.LookupHost("example.com") // want net.LookupHost
	return found
}

func main() { println(len(address)) }
