// Command plugin is a plug-in of Extism that links all of the PDK.
package main

import (
	"net/http"

	"github.com/extism/go-pdk"
	pdkhttp "github.com/extism/go-pdk/http"
)

// What the linker keeps, though nothing here calls it.
var used = []any{
	pdk.Input, pdk.InputJSON, pdk.OutputJSON, pdk.AllocateJSON, pdk.SetError, pdk.SetErrorString,
	pdk.GetConfig, pdk.Log, pdk.LogMemory, pdk.GetVar, pdk.SetVar, pdk.GetVarInt, pdk.SetVarInt,
	pdk.RemoveVar, pdk.NewHTTPRequest, (*pdk.HTTPRequest).Send, pdk.HTTPResponse.Body,
	(*pdk.HTTPResponse).Headers, pdk.FindMemory, pdk.ParamBytes, pdk.ParamU32, pdk.ParamU64,
	pdk.ResultBytes, pdk.ResultU32, pdk.ResultU64, (*pdk.Memory).Free, (*pdk.Memory).ReadBytes,
	(*pdkhttp.HTTPTransport).RoundTrip, http.StatusOK,
}

//go:wasmexport greet
func greet() int32 {
	pdk.OutputString("hello " + pdk.InputString())
	if used == nil {
		return 1
	}
	return 0
}

func main() {}
