package syncano_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
)

// Whoever floods the gateway with scans for what no index finds stops neither other
// requests nor the scans of other addresses.
func TestAFloodOfScansWaitsBehindItself(t *testing.T) {
	w := newWorld(t, nil)
	w.update(func(tx *core.Tx) error {
		for i := range query.ChunkSize + 1 {
			if err := tx.AddUser(coretest.User(fmt.Sprintf("user%d", i))); err != nil {
				return err
			}
		}
		return nil
	})
	scans := passwd.NewGate(1, 1)
	w.d.SetTurns(turns.On(scans))
	ended, inside := make(chan bool), make(chan bool)
	go func() { _ = scans.Do(context.Background(), func() { inside <- true; <-ended }) }()
	<-inside
	ask := func(address, path string) int {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("X-Api-Key", ownerKey)
		r.RemoteAddr = address + ":1"
		rec := httptest.NewRecorder()
		w.d.ServeHTTP(rec, r)
		return rec.Code
	}
	scan := main + "classes/user_profile/objects/?query=" + url.QueryEscape(`{"updated_at":{"_lt":"1990-01-01T00:00:00.000000Z"}}`)
	flood := make(chan int)
	go func() { flood <- ask("192.0.2.1", scan) }()
	for scans.Stats().Waiting < 1 {
		select {
		case got := <-flood:
			t.Fatalf("the scan did not wait: %d", got)
		default:
		}
		if got := ask("192.0.2.1", users+"?page_size=2"); got != 200 {
			t.Fatalf("a page: %d", got)
		}
	}
	if got := ask("192.0.2.1", scan); got != 503 {
		t.Errorf("one too many: %d", got)
	}
	close(ended)
	if got := <-flood; got != 200 {
		t.Errorf("the one that waited: %d", got)
	}
	if got := ask("192.0.2.2", scan); got != 200 {
		t.Errorf("afterwards: %d", got)
	}
}

// Addresses of accounts are not verified: whoever registered that of a user may be another.
func TestRightsAreNotGrantedToAnAccountOfAStranger(t *testing.T) {
	w := newWorld(t, nil)
	w.must("", "POST", "/v1.1/account/register/", `{"email": "zoe@example.com", "password": "stranger-123"}`)
	grant := func(name, email string) error {
		u := coretest.User(name)
		u.Email = email
		w.born(u)
		return w.dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return w.d.GrantAll(tx, u) })
	}
	if err := grant("zoe", "zoe@example.com"); core.KindOf(err) != core.Conflict {
		t.Errorf("a stranger's account: %v", err)
	}
	if err := grant("ann", "ann@example.com"); err != nil {
		t.Errorf("without an account: %v", err)
	}
	if err := w.dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		ann, err := tx.User(core.ByUsername(core.MainRealm, "ann"))
		if err == nil {
			err = w.d.GrantAll(tx, ann)
		}
		return err
	}); err != nil {
		t.Errorf("a second time: %v", err)
	}
}
