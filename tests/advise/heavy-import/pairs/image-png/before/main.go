package main

import (
	"fmt"
	"image"
	_ "image/png"
)

func main() {
	picture := image.NewGray(image.Rect(0, 0, 4, 3))
	fmt.Println(picture.Bounds())
}
