// The server runs beside what waits for the end, behind checks that end in errors.
package main

import (
	"errors"
	"fmt"
	web "net/http"
	"os"
)

func settings() (string, error) { return os.Getenv("ADDRESS"), nil }

func main() {
	address, err := settings()
	if err != nil {
		fmt.Println(err)
		return
	}
	if address == "" {
		fmt.Fprintln(os.Stderr, "no address")
		os.Exit(2)
	}
	done := make(chan error)
	server := &web.Server{Addr: address}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, web.ErrServerClosed) { // want (*net/http.Server).ListenAndServe
			done <- err
		}
	}()
	<-done
}
