package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// sandboxesCommand measures sandboxes of this process.
type sandboxesCommand struct {
	Users     int `default:"10000" help:"Users of the sandbox that is forked."`
	Sandboxes int `default:"1000" help:"Sandboxes that are alive at once."`
	Times     int `default:"200" help:"How often each step is measured."`
	Requests  int `default:"100" help:"Requests of each round with and without what may cost time."`
}

// Validate refuses what cannot be measured.
func (c *sandboxesCommand) Validate() error {
	if c.Users < 1 || c.Sandboxes < 1 || c.Times < 1 || c.Requests < 1 {
		return usageError{fmt.Errorf("numbers are above 0")}
	}
	return nil
}

// Run prints a line for each step.
func (c *sandboxesCommand) Run(ctx context.Context, std streams) error {
	b := &sandboxBench{sandboxesCommand: c, ctx: ctx, out: std.out, manager: sandbox.New(sandbox.Config{})}
	defer b.manager.Close()
	for _, step := range []func() error{b.many, b.createAndReset, b.fork, b.journal, b.control} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// sandboxBench is a run.
type sandboxBench struct {
	*sandboxesCommand
	ctx     context.Context
	out     io.Writer
	manager *sandbox.Manager
	pause   time.Duration // before each time that a step is measured
	before  func() error  // what is done then; its CPU time is counted
}

// testTime is the time that a test takes beside the step that is measured: what a sandbox
// prepares in the background is ready then.
const testTime = 20 * time.Millisecond

// median prints the median time of a step, and the CPU time that it takes on average,
// which other programs of the machine change less.
func (b *sandboxBench) median(name string, step func() error) error {
	times, cpu := make([]time.Duration, 0, b.Times), self().cpu()
	for range b.Times {
		time.Sleep(b.pause)
		if b.before != nil {
			if err := b.before(); err != nil {
				return err
			}
		}
		began := time.Now()
		if err := step(); err != nil {
			return err
		}
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	_, err := fmt.Fprintf(b.out, "%-38s %10s, CPU %s\n", name, short(times[len(times)/2]), short((self().cpu()-cpu)/time.Duration(b.Times)))
	return err
}

// ask sends a request that reads a user, and fails unless it is answered.
func ask(h http.Handler) error {
	r := httptest.NewRequest(http.MethodGet, "/users/1.json", nil)
	r.SetBasicAuth("admin", "changeme1")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusOK {
		return fmt.Errorf("%s: %d %s", r.URL, w.Code, w.Body)
	}
	return nil
}

// createAndReset measures the life of a sandbox of the development seed.
func (b *sandboxBench) createAndReset() error {
	first, err := b.manager.Create(b.ctx, sandbox.Creation{Name: "first"})
	if err != nil {
		return err
	}
	warm := func() error { return ask(first) }
	if err := warm(); err != nil {
		return err
	}
	create := func(c sandbox.Creation, answered bool) func() error {
		return func() error {
			s, err := b.manager.Create(b.ctx, c)
			if err == nil && answered {
				err = ask(s)
			}
			if err != nil {
				return err
			}
			return b.manager.Drop(s.Name())
		}
	}
	err = b.median("a request", warm)
	if err == nil {
		err = b.median("create and drop", create(sandbox.Creation{}, false))
	}
	if err == nil {
		err = b.median("create, first request and drop", create(sandbox.Creation{}, true))
	}
	if err == nil {
		err = b.median("reset", func() error { return first.Reset("") })
	}
	reset := func() error {
		if err := first.Reset(""); err != nil {
			return err
		}
		return ask(first)
	}
	if err == nil {
		err = b.median("reset and first request", reset)
	}
	b.pause = testTime
	defer func() { b.pause = 0 }()
	if err == nil {
		err = b.median("the same, once in a test", reset)
	}
	return err
}

// fork measures copies of a sandbox with many users that is in use.
func (b *sandboxBench) fork() error {
	var seed strings.Builder
	seed.WriteString("users:\n  - {username: admin, email: admin@example.com, password: changeme1}\n")
	for i := range b.Users {
		fmt.Fprintf(&seed, "  - {username: user%d, email: user%d@example.com, given_name: Ann, family_name: Lee}\n", i, i)
	}
	seed.WriteString("onapp: {administrators: [{username: admin}]}\n")
	from, err := b.manager.Create(b.ctx, sandbox.Creation{Name: "many-users", Seed: seed.String()})
	if err == nil {
		err = ask(from)
	}
	if err != nil {
		return err
	}
	fork := func(answered bool) func() error {
		return func() error {
			s, err := b.manager.Create(b.ctx, sandbox.Creation{Fork: from.Name()})
			if err == nil && answered {
				err = ask(s)
			}
			if err != nil {
				return err
			}
			return b.manager.Drop(s.Name())
		}
	}
	changes := 0
	change := func() error {
		changes++
		_, err := from.AddUser(b.ctx, &core.User{Realm: core.MainRealm, Username: fmt.Sprint("new", changes), Enabled: true}, "changeme1")
		return err
	}
	err = b.median("fork of "+thousands(float64(b.Users))+" users and drop", fork(false))
	if err == nil {
		err = b.median("fork, first request and drop", fork(true))
	}
	b.before = change
	defer func() { b.before = nil }()
	if err == nil {
		err = b.median("fork after a user was added", fork(false))
	}
	if err == nil {
		err = b.median("the same and first request", fork(true))
	}
	return err
}

// many measures sandboxes that are alive at once. It comes first: the memory that other
// steps have left would count as there already.
func (b *sandboxBench) many() error {
	before, cpu, began := self().memory(), self().cpu(), time.Now()
	m := sandbox.New(sandbox.Config{})
	defer m.Close()
	var all []*sandbox.Sandbox
	for range b.Sandboxes {
		s, err := m.Create(b.ctx, sandbox.Creation{})
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	created, createdCPU, after := time.Since(began), self().cpu()-cpu, self().memory()
	began, cpu = time.Now(), self().cpu()
	for _, s := range all {
		if err := ask(s); err != nil {
			return err
		}
	}
	served, servedCPU, last := time.Since(began), self().cpu()-cpu, self().memory()
	_, err := fmt.Fprintf(b.out, "%-38s %10s, CPU %s, %s MiB\n%-38s %10s, CPU %s, %s MiB\n",
		thousands(float64(b.Sandboxes))+" sandboxes, created", short(created), short(createdCPU), mebibytes(max(0, after.Own-before.Own)),
		"a request to each", short(served), short(servedCPU), mebibytes(max(0, last.Own-before.Own)))
	return err
}

// journal compares a sandbox whose journal is full with one whose is not.
func (b *sandboxBench) journal() error {
	const full = 1000
	var both [2]*sandbox.Sandbox
	for i, bound := range []int{2 * ratioPairs * b.Requests, full} {
		m := sandbox.New(sandbox.Config{Journal: bound})
		defer m.Close()
		s, err := m.Create(b.ctx, sandbox.Creation{})
		if err != nil {
			return err
		}
		both[i] = s
	}
	for range full {
		if err := ask(both[1]); err != nil {
			return err
		}
	}
	return b.ratio("requests, journal full / growing", both[0], both[1])
}

// control compares a gateway beside which sandboxes are served with the gateway alone.
func (b *sandboxBench) control() error {
	set, err := gateway.NewDefaults("--hash-memory=8KiB", "--hash-time=1")
	if err != nil {
		return err
	}
	g, err := gateway.Open(b.ctx, gateway.Config{DSN: "sqlite::memory:", Rows: set.Rows, Limits: set.Limits, Passwords: set.Passwords})
	if err != nil {
		return err
	}
	defer g.Close()
	seed, err := gateway.ParseSeed("seed", []byte(sandbox.DevelopmentSeed()), set.Rows)
	if err == nil {
		err = g.ApplySeed(b.ctx, seed)
	}
	if err == nil {
		err = g.ProvisionExisting(b.ctx)
	}
	if err != nil {
		return err
	}
	beside := sandbox.New(sandbox.Config{Token: "a-token-of-the-operators", Other: g.Handler()})
	defer beside.Close()
	return b.ratio("requests, control API on / off", g.Handler(), beside)
}
