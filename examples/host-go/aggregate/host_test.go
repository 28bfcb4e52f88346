package aggregate

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// The checks of wasip1.toml whose host is Python have this one in Go.
func init() {
	checkHost = func(t testing.TB, _ string) Host { return strict{t} }
}

type strict struct{ t testing.TB }

func (s strict) EnvEmitBatch(_ context.Context, guest api.Module, pointer, length int32) error {
	document, ok := guest.Memory().Read(uint32(pointer), uint32(length))
	if !ok {
		return errors.New("the batch lies outside of the module's memory")
	}
	var batch struct {
		Records []struct{ Window, Method, Route, Status string }
	}
	if err := json.Unmarshal(document, &batch); err != nil {
		return err
	}
	for _, record := range batch.Records {
		if record.Window == "" || record.Method == "" || record.Route == "" || record.Status == "" {
			s.t.Errorf("the batch has a record without all parts of its key: %s", document)
		}
	}
	return nil
}
