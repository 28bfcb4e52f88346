package host

import (
	"runtime"
	"unsafe"
)

// emitBatch is seen by the host as (i32, i32): where the document is in this
// module's memory, and how many bytes it has.
//
//go:wasmimport env emit_batch
//go:noescape
func emitBatch(document unsafe.Pointer, length uint32)

// EmitBatch hands one batch to the host. The host reads the module's memory
// during the call and copies what it wants to keep: afterwards the collector may
// reuse the place.
func EmitBatch(document []byte) error {
	emitBatch(unsafe.Pointer(unsafe.SliceData(document)), uint32(len(document)))
	runtime.KeepAlive(document)
	return nil
}
