package main

import (
	"example.com/template/internal/engine"
	"example.com/template/internal/memory"
)

// What one instance takes on. Together with the data that a template makes on its
// way this stays below max-memory in wasip1.toml.
const (
	lentBytes   = 8 << 20
	outputBytes = 1 << 20
	templates   = 1000
)

// An instance is what lives as long as the module does.
type instance struct {
	buffers *memory.Buffers
	engine  *engine.Engine
	failed  error // the last failure
}

func newInstance() *instance {
	return &instance{
		buffers: memory.New(lentBytes),
		engine:  engine.New(engine.Limits{Templates: templates, OutputBytes: outputBytes}),
	}
}

func (i *instance) compile(address uintptr, size int) (int32, error) {
	text, err := i.buffers.Bytes(address, size)
	if err != nil {
		return 0, err
	}
	return i.engine.Compile(string(text))
}

func (i *instance) render(handle int32, address uintptr, size int) (result uintptr, length int, err error) {
	document, err := i.buffers.Bytes(address, size)
	if err != nil {
		return 0, 0, err
	}
	output, err := i.engine.Render(handle, document)
	if err != nil {
		return 0, 0, err
	}
	return i.buffers.LendBytes(output), len(output), nil
}

// answer is what the host gets: the value, or the status of an error.
func (i *instance) answer(value int32, err error) int32 {
	if err == nil {
		return value
	}
	i.failed = err
	return status(err)
}
