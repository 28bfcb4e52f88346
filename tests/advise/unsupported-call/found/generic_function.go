// The function is one for all type arguments, and one of those brings the call.
package main

import "net"

type opener interface{ open() error }

type byName struct{}

func (*byName) open() error {
	_, err := net.LookupIP("example.com") // want net.LookupIP
	return err
}

func all[T opener](each ...T) {
	for _, one := range each {
		one.open()
	}
}

func main() {
	all(&byName{})
}
