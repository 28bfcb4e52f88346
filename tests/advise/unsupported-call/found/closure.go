// A deferred closure, and one that a goroutine runs.
package main

import (
	"net/http"
	"os"
)

func main() {
	defer func() {
		http.Get("http://192.0.2.1/") // want net/http.Get
	}()
	go func() {
		os.StartProcess("/bin/ls", nil, nil) // want os.StartProcess
	}()
}
