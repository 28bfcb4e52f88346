package main

import (
	"mime"    // want mime
	"net/url" // want net/url
	"os"
	"os/user"       // want os/user
	"runtime/pprof" // want runtime/pprof
)

func main() {
	pprof.StartCPUProfile(os.Stdout)
	defer pprof.StopCPUProfile()
	who, _ := user.Current()
	println(mime.TypeByExtension(".png"), url.QueryEscape(who.Username))
}
