// A generic function, given a type that does not dial, beside one that does.
package main

import "net"

type opener interface{ open() }

type byName struct{}

func (byName) open() { net.LookupIP("example.com") }

type byFile struct{}

func (byFile) open() {}

func all[T opener](each T) { each.open() }

func main() { all(byFile{}) }
