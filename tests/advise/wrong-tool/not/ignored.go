package main

import (
	"flag"
	"net/http"
)

func main() {
	profile := flag.Bool("profile", false, "")
	flag.Parse()
	if *profile {
		//wasip1:ignore wrong-tool only to look at it, and never on wasip1
		http.ListenAndServe(":8080", nil)
	}
}
