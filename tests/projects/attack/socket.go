package main

import "fmt"

//go:wasmimport wasi_snapshot_preview1 sock_accept
//go:noescape
func sockAccept(fd int32, flags uint32, accepted *int32) uint32

// socket asks each descriptor that there could be for a connection.
func socket() {
	for fd := int32(0); fd < 16; fd++ {
		var accepted int32
		if errno := sockAccept(fd, 0, &accepted); errno == 0 {
			fmt.Println("got: a connection from", fd)
			return
		}
	}
	fmt.Println("refused: no descriptor is a socket")
}
