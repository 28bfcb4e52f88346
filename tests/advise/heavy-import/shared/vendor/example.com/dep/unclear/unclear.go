// Package unclear is another module's that does not compile.
package unclear

import (
	"image"
	"os"
)

// Width returns how wide a picture is.
func Width() int {
	_, found, _ := image.Decode(os.Stdin)
	return found.Missing
}
