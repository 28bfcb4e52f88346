package main

import (
	"image"
	_ "image/png"
	"os"
)

func main() {
	_, name, _ := image.Decode(os.Stdin)
	println(name)
}
