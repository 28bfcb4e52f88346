"""Small programs in the place of Go and wasmtime, where thousands of real runs would take hours."""
