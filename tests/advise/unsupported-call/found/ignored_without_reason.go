// An ignore that gives no reason does not count.
package main

import "os"

func main() {
	//wasip1:ignore unsupported-call
	os.Pipe() // want os.Pipe
}
