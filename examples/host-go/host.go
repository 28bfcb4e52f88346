package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/tetratelabs/wazero/api"
)

// batches is the host of one run: an aggregate.Host.
type batches struct {
	calls, records int
}

// EnvEmitBatch takes a document of so many bytes from the memory of the module.
func (b *batches) EnvEmitBatch(_ context.Context, guest api.Module, pointer, length int32) error {
	document, ok := guest.Memory().Read(uint32(pointer), uint32(length))
	if !ok {
		return errors.New("the batch lies outside of the module's memory")
	}
	var batch struct{ Records []json.RawMessage }
	if err := json.Unmarshal(document, &batch); err != nil {
		return err
	}
	b.calls++
	b.records += len(batch.Records)
	return nil
}
