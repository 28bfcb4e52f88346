// Command wazero tells which functions of WASI preview 1 wazero has: name by name their types.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	wasi "github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

func listed(types []api.ValueType) string {
	names := make([]string, len(types))
	for i, each := range types {
		names[i] = api.ValueTypeName(each)
	}
	return strings.Join(names, ", ")
}

func main() {
	ctx := context.Background()
	module, err := wasi.NewBuilder(wazero.NewRuntime(ctx)).Compile(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	types := map[string]string{}
	for name, function := range module.ExportedFunctions() {
		types[name] = "(" + listed(function.ParamTypes()) + ")"
		if results := listed(function.ResultTypes()); results != "" {
			types[name] += " -> " + results
		}
	}
	json.NewEncoder(os.Stdout).Encode(types)
}
