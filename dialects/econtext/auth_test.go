package econtext

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// process is an instance of the dialect on a store that several share, with a
// directory and a memory of its own, and a gate that can be closed.
type process struct {
	*world
	gate *passwd.Gate
}

func newProcess(t *testing.T, store core.Store) *process {
	t.Helper()
	clock := coretest.NewClock()
	memory, err := passwd.NewCredentialCache(coretest.Rand(9), clock.Now, time.Minute, 16)
	if err != nil {
		t.Fatal(err)
	}
	gate := passwd.NewGate(1, 1)
	dir := core.New(core.Config{
		Store: store, Now: clock.Now, Hash: coretest.CheapHash, Gate: gate, Credentials: memory,
	})
	return &process{world: &world{Dialect: newDialect(dir, ProfileDocumented), t: t, clock: clock}, gate: gate}
}

// withoutHashes runs fn while every hash is refused as busy: one that does not
// end computes, and another fills the queue.
func (p *process) withoutHashes(fn func()) {
	p.t.Helper()
	release := make(chan struct{})
	var held sync.WaitGroup
	for range 2 {
		held.Go(func() {
			for errors.Is(p.gate.Do(context.Background(), func() { <-release }), passwd.ErrBusy) {
				time.Sleep(time.Millisecond) // the worker rests, and the other one waits for it
			}
		})
	}
	for p.gate.Stats() != (passwd.GateStats{Running: 1, Waiting: 1, Refused: p.gate.Stats().Refused}) {
		time.Sleep(time.Millisecond)
	}
	fn()
	close(release)
	held.Wait()
}

func (p *process) wants(status int, login, password string) {
	p.t.Helper()
	if answer := p.askAs(login, password, "GET", "/api/groups", ""); answer.Code != status {
		p.t.Errorf("%s with %q: %d %s, want %d", login, password, answer.Code, answer.Body, status)
	}
}

func TestKnownCallerCostsNoHash(t *testing.T) {
	p := newProcess(t, dialecttest.SQLite().Open(t))
	setup(t, p.dir)
	p.withoutHashes(func() { p.wants(http.StatusServiceUnavailable, "admin", adminPassword) })
	p.wants(http.StatusOK, "admin", adminPassword)
	p.withoutHashes(func() {
		p.wants(http.StatusOK, "admin", adminPassword)
		p.wants(http.StatusOK, "admin@example.com", adminPassword)
		p.wants(http.StatusOK, "admin%40example.com", adminPassword)
		p.wants(http.StatusOK, "admin", "changeme%31")
	})
	p.clock.Advance(2 * time.Minute)
	p.withoutHashes(func() { p.wants(http.StatusServiceUnavailable, "admin", adminPassword) })
}

// Whoever is refused pays for a hash, so that the time tells nothing.
func TestEveryRefusalCostsAHash(t *testing.T) {
	p := newProcess(t, dialecttest.SQLite().Open(t))
	setup(t, p.dir)
	for name, pair := range map[string][2]string{
		"unknown user":   {"nobody", adminPassword},
		"wrong password": {"admin", "changeme2"},
		"no member":      {"weak", adminPassword},
		"disabled":       {"disabled", adminPassword},
		"blank":          {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p.withoutHashes(func() { p.wants(http.StatusServiceUnavailable, pair[0], pair[1]) })
			p.wants(http.StatusUnauthorized, pair[0], pair[1])
		})
	}
}

// Nothing of a caller is remembered here but the proof of the password, so it
// does not matter which instance, with which memory, made the change.
func TestChangesOfAnotherInstanceWorkAtOnce(t *testing.T) {
	store := dialecttest.SQLite().Open(t)
	here, there := newProcess(t, store), newProcess(t, store)
	setup(t, here.dir)
	create := `{"id": "carol", "username": "carol", "email": "carol@example.com", "password": "correct-horse",
		"applications": ["` + DefaultApplicationID + `", "spare"]}`
	there.result("POST", "/api/users/user", create, nil)
	here.wants(http.StatusOK, "carol", "correct-horse")

	there.result("PUT", "/api/users/user/carol", `{"password": "another-horse"}`, nil)
	here.wants(http.StatusUnauthorized, "carol", "correct-horse")
	here.wants(http.StatusOK, "carol", "another-horse")

	there.result("PUT", "/api/users/user/carol", `{"status": "DISABLED"}`, nil)
	here.wants(http.StatusUnauthorized, "carol", "another-horse")
	there.result("PUT", "/api/users/user/carol", `{"status": "ENABLED"}`, nil)
	here.wants(http.StatusOK, "carol", "another-horse")

	there.result("DELETE", "/api/users/user/carol/application/"+DefaultApplicationID, "", nil)
	here.wants(http.StatusUnauthorized, "carol", "another-horse")
	there.result("POST", "/api/users/user/carol/application/"+DefaultApplicationID, "", nil)
	here.wants(http.StatusOK, "carol", "another-horse")
}

func TestDisabledCallerIsRefusedUnlessAdmitted(t *testing.T) {
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	setup(t, env.Dir)
	for name, c := range map[string]struct {
		admit  bool
		status int
	}{
		"hardened by default":    {false, http.StatusUnauthorized},
		"as the vendor's server": {true, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			d := New(Config{Directory: env.Dir, AdmitDisabled: c.admit})
			if answer := ask(d, "disabled", adminPassword, "GET", "/api/groups", ""); answer.Code != c.status {
				t.Errorf("have %d, want %d", answer.Code, c.status)
			}
		})
	}
}
