// A function that is only mentioned may be called.
package main

import "os"

var verbs = map[string]func(){
	"pipe": pipe,
}

func pipe() {
	os.Pipe() // want os.Pipe
}

func main() {
	verbs[os.Args[0]]()
}
