//go:build !go1.22

package source

import "go/types"

// Unalias returns the type itself: the type checker of Go 1.21 knows no aliases.
func Unalias(t types.Type) types.Type { return t }
