// Package host is the way to the program that runs this module.
//
// On wasip1 that is the function env.emit_batch, which the host must provide and
// which wasip1.toml declares with its type. Elsewhere there is no host: batches
// go to standard output, so the program and its tests run natively as well.
package host
