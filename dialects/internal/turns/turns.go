// Package turns lets long reads take turns. A search for what no index finds keeps a core
// busy for as long as it looks at all users, so that one client's would stop the requests of
// all others. So few of them run at once, and more wait, those of each client in turn with
// those of others. Calls to another server have places, of which no client holds all.
package turns

import (
	"context"
	"net/http"
	"runtime"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// waiting is how many reads wait for their turn; more are refused.
const waiting = 64

// Turns bounds the long reads of a dialect. It is safe for concurrent use.
type Turns struct{ gate *passwd.Gate }

// New returns the turns of half of the cores.
func New() *Turns { return On(passwd.NewGate(max(1, runtime.GOMAXPROCS(0)/2), waiting)) }

// On returns the turns that a gate gives.
func On(g *passwd.Gate) *Turns { return &Turns{g} }

// Take calls read when it is the client's turn, and returns its error. It fails with Busy,
// without a call, if too many wait. It must not be called inside a transaction.
func (t *Turns) Take(ctx context.Context, client string, read func() error) (err error) {
	if refused := t.gate.Do(passwd.WithClient(ctx, client), func() { err = read() }); refused != nil {
		return &core.Error{Kind: core.Busy, Op: "search", Err: refused}
	}
	return err
}

// TakeByAddress is Take for the client at the address of the request that w answers. The
// turn of a large answer pauses meanwhile: searches that wait must not keep lists waiting.
func (t *Turns) TakeByAddress(w http.ResponseWriter, r *http.Request, read func() error) error {
	resume := dialects.PauseAnswer(w)
	if err := t.Take(r.Context(), core.Attempt{Address: wire.ClientIP(r)}.From(), read); err != nil {
		return err
	}
	return resume()
}
