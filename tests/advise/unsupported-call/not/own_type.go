// A type of one's own has the same names.
package main

type Dialer struct{}

func (d *Dialer) Dial(network, address string) error { return nil }

func (d *Dialer) DialContext(network, address string) error { return d.Dial(network, address) }

func main() {
	(&Dialer{}).DialContext("tcp", "192.0.2.1:80")
}
