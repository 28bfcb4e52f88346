// Command template is a reactor: a module that does not run from start to end, but
// is instantiated once and then called. It compiles text templates and renders
// them with JSON data. host.py beside wasip1.toml is a host for it.
//
// The host calls _initialize first. Then, as often as it likes:
//
//	size of a text ──> alloc ──> address; the host writes the text there
//	address, size  ──> compile ──> handle of a template
//	handle, address, size of JSON ──> render ──> address and size of the result
//	address        ──> free, for each buffer, also those that the module returned
//
// Every function answers a failure with a negative number (see status.go), after
// which error_text says more. Whatever the host passes is checked. What the checks
// cannot catch (no memory left) ends the instance, and the host makes a new one.
package main

// main is not called in a reactor; Go wants it to be there.
func main() {}
