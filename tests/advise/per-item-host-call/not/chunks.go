package main

import (
	"os"
	"slices"
	"unsafe"
)

//go:wasmimport env emit
func emit(p unsafe.Pointer, n uint32) int32

func main() {
	data, _ := os.ReadFile("/data")
	for i := 0; i < len(data); i += 4096 {
		chunk := data[i:min(i+4096, len(data))]
		emit(unsafe.Pointer(&chunk[0]), uint32(len(chunk)))
	}
	for chunk := range slices.Chunk(data, 4096) {
		emit(unsafe.Pointer(&chunk[0]), uint32(len(chunk)))
	}
	var rows [][]float64
	for _, row := range rows {
		emit(unsafe.Pointer(&row[0]), uint32(len(row)))
	}
}
