// Addresses, sockets that the host has opened, messages and pipes within the program.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
)

func main() {
	fmt.Println(net.ParseIP("192.0.2.1"), net.JoinHostPort("a", "80"), http.StatusText(404))
	fmt.Println(url.Parse("http://example.com/"))
	read, write := io.Pipe()
	go write.Close()
	io.Copy(io.Discard, read)
	request := httptest.NewRequest("GET", "/", nil)
	recorder := httptest.NewRecorder()
	http.NotFoundHandler().ServeHTTP(recorder, request.WithContext(context.Background()))
	if listener, err := net.FileListener(os.NewFile(3, "socket")); err == nil {
		http.Serve(listener, nil)
	}
	fmt.Println(exec.Command("ls").String())
	var d net.Dialer
	fmt.Println(d.Timeout)
}
