// Package plain is another module's that needs nothing.
package plain

// Name returns its own.
func Name() string { return "plain" }
