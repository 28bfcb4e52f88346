package main

import (
	"image"
	_ "image/gif"  // want image/gif
	_ "image/jpeg" // want image/jpeg
	_ "image/png"  // want image/png
	"io"
)

func never(from io.Reader) { image.Decode(from) }

func main() { println(image.NewGray(image.Rect(0, 0, 1, 1)).Stride) }
