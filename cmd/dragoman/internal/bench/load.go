package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

// loadCommand fills a store, sqlite:PATH or postgres://USER@HOST/DB, which is an argument and no flag: an
// environment that names the store of a running gateway must not be enough to
// fill that one.
type loadCommand struct {
	crowdFlags
	Batch   uint64   `default:"25000" help:"Users in one transaction. Fewer cost more of an index page each." placeholder:"N"`
	Schemes []string `default:"argon2id" help:"Forms of the users' password hashes, dealt out in turn: argon2id, bcrypt, pbkdf2_sha256, onapp_sha1." placeholder:"SCHEME"`
}

// crowdFlags say which users there are.
type crowdFlags struct {
	Users uint64 `default:"10000" help:"How many synthetic users there are to be." placeholder:"N"`
	Crowd uint64 `default:"1" help:"Which crowd of users: the same number makes the same users." placeholder:"SEED"`
}

// maxUsers is as many as a username's digits tell apart.
const maxUsers = 100_000_000

// Validate checks the flags.
func (c *crowdFlags) Validate() error {
	if c.Users < 1 || c.Users > maxUsers {
		return fmt.Errorf("--users: from 1 to %d", maxUsers)
	}
	return nil
}

// Validate checks the flags.
func (c *loadCommand) Validate() error {
	known := hashSchemes()
	for _, name := range c.Schemes {
		if known[name] == nil {
			return fmt.Errorf("--schemes: %q is none of argon2id, bcrypt, pbkdf2_sha256, onapp_sha1", name)
		}
	}
	if c.Batch < 1 || len(c.Schemes) == 0 {
		return errors.New("--batch and --schemes: at least one")
	}
	return c.crowdFlags.Validate()
}

// Run fills the store, going on where an earlier run stopped.
func (c *loadCommand) Run(ctx context.Context, dsn string, stdout, stderr io.Writer) error {
	p := newProgress(stdout, stderr, c.Users)
	start := time.Now()
	if err := c.fill(ctx, dsn, p.update); err != nil {
		p.clear()
		return err
	}
	_, err := fmt.Fprintf(stdout, "%s users are there, after %s; at most %s MiB of memory, and %s with the store's file seen through it%s\n",
		thousands(float64(c.Users)), short(time.Since(start)), mebibytes(p.most), mebibytes(self().memory().Peak), p.flatness())
	return err
}

// flatness says how the slowest tenth compares with the first: a load whose cost
// a user grows with the store shows here.
func (p *progress) flatness() string {
	if len(p.rates) < 2 || p.rates[0] == 0 {
		return ""
	}
	slowest := p.rates[0]
	for _, r := range p.rates {
		slowest = min(slowest, r)
	}
	return fmt.Sprintf("; the slowest tenth ran at %.2f of the first's speed", slowest/p.rates[0])
}

func (c *loadCommand) fill(ctx context.Context, dsn string, report func(filled)) (err error) {
	hashes, err := makeHashes(c.Schemes)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	f := &filler{dir: core.New(core.Config{Store: s}), crowd: crowd{c.Crowd}, hashes: hashes, batch: min(c.Batch, c.Users/10+1), report: report}
	return f.fill(ctx, c.Users)
}
