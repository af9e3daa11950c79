package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
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
	for losses, ok := range map[int]bool{0: true, seedAttempts - 1: true, seedAttempts: false} {
		dir, _ := coretest.Directory(t, &contested{dialecttest.SQLite().Open(t), losses})
		g, seed := gatewayOn(t, dir)
		if err := g.applySeed(t.Context(), seed); (err == nil) != ok {
			t.Errorf("%d losses: %v", losses, err)
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
	if g := start(t, "--store", store); len(curlsIn(g.out.String())) != 3 {
		t.Errorf("the store is not empty: the next start says %q", g.out)
	}
}
