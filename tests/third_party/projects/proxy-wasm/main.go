// Command filter is a filter of Proxy-Wasm that links every call of the SDK.
package main

import (
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm"
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/types"
)

// What the linker keeps, though nothing here calls it.
var used = []any{
	proxywasm.GetPluginConfiguration, proxywasm.SetTickPeriodMilliSeconds,
	proxywasm.SetEffectiveContext, proxywasm.RegisterSharedQueue, proxywasm.ResolveSharedQueue,
	proxywasm.EnqueueSharedQueue, proxywasm.DequeueSharedQueue, proxywasm.PluginDone,
	proxywasm.DispatchHttpCall, proxywasm.AppendDownstreamData, proxywasm.ContinueTcpStream,
	proxywasm.CloseDownstream, proxywasm.GetHttpRequestHeaders, proxywasm.ReplaceHttpRequestHeaders,
	proxywasm.GetHttpRequestHeader, proxywasm.RemoveHttpRequestHeader,
	proxywasm.ReplaceHttpRequestHeader, proxywasm.AddHttpRequestHeader, proxywasm.SendHttpResponse,
	proxywasm.GetSharedData, proxywasm.SetSharedData, proxywasm.GetProperty, proxywasm.SetProperty,
	proxywasm.CallForeignFunction, proxywasm.DefineCounterMetric,
	proxywasm.MetricCounter.Increment, proxywasm.MetricCounter.Value,
	proxywasm.MetricHistogram.Record,
}

type plugin struct{ types.DefaultPluginContext }

func (*plugin) NewHttpContext(uint32) types.HttpContext { return &filter{} }

type filter struct{ types.DefaultHttpContext }

func (*filter) OnHttpRequestHeaders(count int, _ bool) types.Action {
	proxywasm.LogInfof("%d headers, %d calls", count, len(used))
	return types.ActionContinue
}

func init() {
	proxywasm.SetPluginContext(func(uint32) types.PluginContext { return &plugin{} })
}

func main() {}
