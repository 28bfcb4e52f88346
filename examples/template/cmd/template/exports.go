package main

// version of these functions, raised when a host has to be changed.
const version = 1

// module is the one instance: exported functions have no other place for it.
var module = newInstance()

//go:wasmexport version
func exportVersion() int32 { return version }

// alloc lends the host a buffer of size bytes and returns its address.
//
//go:wasmexport alloc
func exportAlloc(size int32) int32 {
	address, err := module.buffers.Lend(int(size))
	return module.answer(int32(address), err)
}

// free takes a buffer back and returns 0.
//
//go:wasmexport free
func exportFree(address int32) int32 {
	return module.answer(0, module.buffers.Return(pointer(address)))
}

// compile returns a handle for the template in a buffer.
//
//go:wasmexport compile
func exportCompile(address, size int32) int32 {
	return module.answer(module.compile(pointer(address), int(size)))
}

// drop forgets a template and returns 0.
//
//go:wasmexport drop
func exportDrop(handle int32) int32 {
	return module.answer(0, module.engine.Drop(handle))
}

// render returns the rendered text as address << 32 | size. The host frees it.
//
//go:wasmexport render
func exportRender(handle, address, size int32) int64 {
	result, length, err := module.render(handle, pointer(address), int(size))
	if status := module.answer(0, err); status != 0 {
		return int64(status)
	}
	return pack(result, length)
}

// error_text returns what the last failure was, as render returns its text, or 0
// if there was none. The host frees it.
//
//go:wasmexport error_text
func exportErrorText() int64 {
	if module.failed == nil {
		return 0
	}
	text := []byte(module.failed.Error())
	return pack(module.buffers.LendBytes(text), len(text))
}

// pointer undoes the sign that an address above 2 GiB has as an int32.
func pointer(address int32) uintptr { return uintptr(uint32(address)) }

// pack stays positive, as max-memory in wasip1.toml keeps addresses below 2 GiB.
func pack(address uintptr, size int) int64 { return int64(address)<<32 | int64(size) }
