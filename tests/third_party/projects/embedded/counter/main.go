// Command counter counts for its host.
package main

var sum int64

//go:wasmexport add
func add(number int64) int64 {
	sum += number
	return sum
}

//go:wasmexport total
func total() int64 { return sum }

//go:wasmexport mix
func mix(a float32, b float64, c int32, d int64) float64 {
	return float64(a) + b + float64(c) + float64(d) - 0
}

//go:wasmexport fail
func fail() { panic("failed on purpose") }

//go:wasmexport loop
func loop() {
	for {
		sum++
	}
}

//go:wasmexport close
func close_() {}

func main() {}
