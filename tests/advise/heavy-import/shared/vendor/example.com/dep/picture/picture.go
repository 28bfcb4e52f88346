// Package picture is another module's that reads pictures of any format.
package picture

import (
	"image"
	"io"
)

// Width returns how wide a picture is.
func Width(from io.Reader) int {
	found, _, err := image.DecodeConfig(from)
	if err != nil {
		return 0
	}
	return found.Width
}
