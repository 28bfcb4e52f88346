package main

import (
	"io/fs"
	"os"
)

//go:wasmimport env emit
func emit(n int32)

func main() {
	fs.WalkDir(os.DirFS("/"), ".", func(path string, _ fs.DirEntry, err error) error {
		emit(int32(len(path))) // want main.emit
		return err
	})
}
