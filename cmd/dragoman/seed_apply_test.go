package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// contested is a store in which another writer is always first, for a while.
type contested struct {
	core.Store
	losses int
}

func (c *contested) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	if c.losses--; c.losses >= 0 {
		return &core.Error{Kind: core.Conflict, Faults: []core.Fault{{Field: core.FieldKey, Rule: core.Taken}}}
	}
	return c.Store.Update(ctx, fn)
}

func TestTwoThatApplyASeedAtOnceBothEndWell(t *testing.T) {
	for losses, ok := range map[int]bool{0: true, 2: true, 3: false} {
		dir, _ := coretest.Directory(t, &contested{dialecttest.SQLite().Open(t), losses})
		g, seed := gatewayOn(t, dir)
		if err := g.ApplySeed(t.Context(), seed); (err == nil) != ok {
			t.Errorf("%d losses: %v", losses, err)
		}
	}
}

// failing is a store whose updates fail.
type failing struct {
	core.Store
	err error
}

func (f failing) Update(context.Context, func(core.StoreTx) error) error { return f.err }

// TestStoreThatFailsIsNotTheSeedsFault expects the exit code of the store, which
// says to try again, not that of a seed, which says to change the file.
func TestStoreThatFailsIsNotTheSeedsFault(t *testing.T) {
	for _, kind := range []core.Kind{core.Busy, core.Internal} {
		for at, err := range map[string]error{
			"the commit": &core.Error{Kind: kind},
			"an entry":   fmt.Errorf("syncano.instances[0].name: %w", &core.Error{Kind: kind}),
		} {
			dir, _ := coretest.Directory(t, failing{dialecttest.SQLite().Open(t), err})
			g, seed := gatewayOn(t, dir)
			if err := g.ApplySeed(t.Context(), seed); exitCode(err) != exitStore {
				t.Errorf("%s: exit %d: %v", at, exitCode(err), err)
			}
		}
	}
}

// What the last section refuses takes the users with it.
func TestSeedThatFailsLeavesNothing(t *testing.T) {
	store := dbIn(t)
	bad := strings.Replace(devSeed, "    - username: admin\n      api_key", "    - username: nobody\n      api_key", 1)
	code, _, log := once(t, "serve", "--listen", "127.0.0.1:0", "--store", store, "--seed", writeFile(t, "bad.yaml", bad))
	if code != exitSeed || !strings.Contains(log, "nobody") {
		t.Fatalf("exit %d: %s", code, log)
	}
	if _, err := os.Stat(filepath.Clean(strings.TrimPrefix(store, "sqlite:"))); err != nil {
		t.Fatal(err)
	}
	if g := start(t, "--store", store); len(curlsIn(g.out.String())) != len(gateway.Table()) {
		t.Errorf("the store is not empty: the next start says %q", g.out)
	}
}
