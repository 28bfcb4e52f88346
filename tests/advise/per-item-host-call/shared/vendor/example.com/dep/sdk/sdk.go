// Package sdk is a host's, in another module.
package sdk

//go:wasmimport env emit
func emit(n int32)

// Emit gives the host a number.
func Emit(n int) { emit(int32(n)) }
