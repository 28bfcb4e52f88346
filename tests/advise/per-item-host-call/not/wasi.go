// What WASI's functions take is nobody's choice.
package main

import "os"

//go:wasmimport wasi_snapshot_preview1 fd_close
func closed(fd int32) int32

func main() {
	for i := range os.Args {
		closed(int32(i))
	}
}
