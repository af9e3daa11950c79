package syncano

import (
	"context"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// AwaitResets waits until no reset of a password is under way.
func (d *Dialect) AwaitResets() { d.OccupyResets()() }

// OccupyResets takes the place of all resets that may be under way, until free is called.
func (d *Dialect) OccupyResets() (free func()) { return d.occupy(context.Background(), maxResets) }

// OccupyResetsOf takes the place of those that may be under way for the client of r.
func (d *Dialect) OccupyResetsOf(r *http.Request) (free func()) {
	client := core.Attempt{Address: wire.ClientIP(r)}.From()
	return d.occupy(passwd.WithClient(context.Background(), client), maxResets/2)
}

func (d *Dialect) occupy(ctx context.Context, n int) (free func()) {
	var gives []func()
	for range n {
		give, err := d.resets.Take(ctx)
		if err != nil {
			panic(err)
		}
		gives = append(gives, give)
	}
	return func() {
		for _, give := range gives {
			give()
		}
	}
}

// SetTurns sets the turns of long scans.
func (d *Dialect) SetTurns(t *turns.Turns) { d.turns = t }

// SetSocialTimeout sets how long the hook for social logins may take.
func (d *Dialect) SetSocialTimeout(t time.Duration) { d.socialHook.Timeout = t }
