// The program goes on without it, and says why: on the line, above it, and for what it leads to.
package main

import (
	"net"
	"os/exec"
)

func main() {
	if _, err := exec.LookPath("git"); err != nil { //wasip1:ignore unsupported-call says so and goes on
		println("without git")
	}
	//wasip1:ignore unsupported-call an address is optional
	if found, err := net.LookupHost("example.com"); err == nil {
		println(len(found))
	}
	send() //wasip1:ignore unsupported-call an error is expected
}

func send() error {
	_, err := net.Dial("tcp", "192.0.2.1:80")
	return err
}
