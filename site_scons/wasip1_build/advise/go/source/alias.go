//go:build go1.22

package source

import "go/types"

// Unalias returns what an alias stands for. Before Go 1.22 the type checker knew no aliases.
func Unalias(t types.Type) types.Type { return types.Unalias(t) }
