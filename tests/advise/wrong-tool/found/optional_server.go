// It may be one: "if".
package main

import (
	"flag"
	"net/http"
)

func main() {
	serve := flag.Bool("serve", false, "")
	flag.Parse()
	if *serve {
		http.ListenAndServe(":8080", nil) // want net/http.ListenAndServe
		return
	}
	println("done")
}
