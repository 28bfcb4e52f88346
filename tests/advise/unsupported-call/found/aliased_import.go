// The package has another name here.
package main

import network "net"

func main() {
	network.LookupHost("example.com") // want net.LookupHost
}
