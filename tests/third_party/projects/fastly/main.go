// Command edge answers requests at Fastly's edge, and links most of the SDK.
package main

import (
	"context"
	"fmt"

	"github.com/fastly/compute-sdk-go/acl"
	"github.com/fastly/compute-sdk-go/cache/core"
	"github.com/fastly/compute-sdk-go/cache/simple"
	"github.com/fastly/compute-sdk-go/compute"
	"github.com/fastly/compute-sdk-go/configstore"
	"github.com/fastly/compute-sdk-go/device"
	"github.com/fastly/compute-sdk-go/edgedict"
	"github.com/fastly/compute-sdk-go/erl"
	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/geo"
	"github.com/fastly/compute-sdk-go/kvstore"
	"github.com/fastly/compute-sdk-go/purge"
	"github.com/fastly/compute-sdk-go/rtlog"
	"github.com/fastly/compute-sdk-go/secretstore"
	"github.com/fastly/compute-sdk-go/shielding"
)

// What the linker keeps, though nothing here calls it.
var used = []any{
	(*acl.Handle).Lookup, acl.Open, core.Insert, core.Lookup, core.NewTransaction,
	(*core.Found).GetRange, (*core.Found).UserMetadata, (*core.Transaction).Cancel,
	(*core.Transaction).Close, (*core.Transaction).Found, (*core.Transaction).Insert,
	(*core.Transaction).InsertAndStreamBack, (*core.Transaction).MustInsert,
	(*core.Transaction).Update, simple.Get, simple.GetOrSet, simple.Purge, compute.GetHeapMiB,
	compute.GetVCPUTime, configstore.Open, (*configstore.Store).Get, device.Lookup, edgedict.Open,
	(*edgedict.Dictionary).Get, erl.NewRateLimiter, (*erl.RateLimiter).CheckRate,
	(*erl.RateCounter).Increment, (*erl.RateCounter).LookupCount, (*erl.RateCounter).LookupRate,
	(*erl.PenaltyBox).Add, (*erl.PenaltyBox).Has, geo.Lookup, kvstore.Open,
	(*kvstore.Store).Delete, (*kvstore.Store).InsertWithConfig, (*kvstore.Store).List,
	(*kvstore.ListIter).Next, (*kvstore.Store).Lookup, purge.PurgeSurrogateKey, rtlog.Open,
	(*rtlog.Endpoint).Write, secretstore.Plaintext, secretstore.SecretFromBytes,
	shielding.ShieldFromName, (*shielding.Shield).Backend, fsthttp.BackendFromName,
	fsthttp.RegisterDynamicBackend, (*fsthttp.Backend).Health, (*fsthttp.Request).BotDetection,
	(*fsthttp.Request).Send, fsthttp.ServeMany,
}

func main() {
	fsthttp.ServeFunc(func(_ context.Context, w fsthttp.ResponseWriter, r *fsthttp.Request) {
		fmt.Fprintf(w, "%s, by one of %d calls\n", r.URL.Path, len(used))
	})
}
