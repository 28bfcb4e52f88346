// The name for the host is another one, and there is more above the function.
package main

// handle is what the host calls.
//
//export on_request
//go:noinline
func handle(n int32) int32 { // want handle
	return n
}

func main() {}
