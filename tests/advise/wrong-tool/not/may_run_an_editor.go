package main

import (
	"os"
	"os/exec"
)

func edit(name string) error { return exec.Command("vi", name).Run() }

func main() {
	if editor := os.Getenv("EDITOR"); editor != "" {
		println(edit("x") == nil)
	}
	println("done")
}
