package main

import (
	"net/http"
	"os/exec"
)

func serve() error { return http.ListenAndServe(":8080", nil) }

func run() error { return exec.Command("ls").Run() }

func main() {
	listen := func() { println(http.StatusText(200)) }
	_ = func() {}
	listen()
}
