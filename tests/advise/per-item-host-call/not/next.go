// The host gives the items, one by one.
package main

//go:wasmimport env next
func next(after int32) int32

//go:wasmimport env more
func more() int32

func main() {
	for item := next(0); item != 0; item = next(item) {
		println(item)
	}
	for more() != 0 {
		println("more")
	}
	id := int32(0)
	for {
		id = next(id)
		if id == 0 {
			break
		}
	}
}
