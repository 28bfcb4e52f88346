// A variable has the package's name.
package main

type fake struct{}

func (fake) Dial(network, address string) error { return nil }

func main() {
	net := fake{}
	net.Dial("tcp", "192.0.2.1:80")
}
