package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

// loadCommand fills a store. The store is an argument and not a flag, so that it
// is never taken from an environment variable.
type loadCommand struct {
	Store string `arg:"" help:"Store to fill: sqlite:PATH or postgres://USER@HOST/DB." placeholder:"DSN"`
	populationFlags
	Batch   uint64   `default:"25000" help:"Users in one transaction." placeholder:"N"`
	Schemes []string `default:"argon2id" help:"Schemes of the users' password hashes, in rotation: argon2id, bcrypt, pbkdf2_sha256, onapp_sha1." placeholder:"SCHEME"`
}

// populationFlags select the synthetic users.
type populationFlags struct {
	Users      uint64 `default:"10000" help:"Number of synthetic users." placeholder:"N"`
	Population uint64 `default:"1" help:"Seed of the population: the same number gives the same users." placeholder:"SEED"`
}

// maxUsers is what the digits of a username can distinguish.
const maxUsers = 100_000_000

// Validate checks the flags.
func (c *populationFlags) Validate() error {
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
			return fmt.Errorf("--schemes: %q is not one of argon2id, bcrypt, pbkdf2_sha256, onapp_sha1", name)
		}
	}
	if c.Batch < 1 || len(c.Schemes) == 0 {
		return errors.New("--batch and --schemes: at least one")
	}
	return c.populationFlags.Validate()
}

// Run fills the store. It continues where an earlier run stopped.
func (c *loadCommand) Run(ctx context.Context, std streams) error {
	p := newProgress(std.out, std.err, c.Users)
	start := time.Now()
	if err := c.fill(ctx, p.update); err != nil {
		p.clear()
		return err
	}
	_, err := fmt.Fprintf(std.out, "%s users are stored, after %s; at most %s MiB of memory, %s with mapped files%s\n",
		thousands(float64(c.Users)), short(time.Since(start)), mebibytes(p.peak), mebibytes(self().memory().Peak), p.flatness())
	return err
}

// flatness compares the slowest tenth with the first: it shows a load whose cost
// per user grows with the store.
func (p *progress) flatness() string {
	if len(p.rates) < 2 || p.rates[0] == 0 {
		return ""
	}
	slowest := p.rates[0]
	for _, r := range p.rates {
		slowest = min(slowest, r)
	}
	return fmt.Sprintf("; the slowest tenth ran at %.2f of the speed of the first", slowest/p.rates[0])
}

func (c *loadCommand) fill(ctx context.Context, report func(loadProgress)) (err error) {
	hashes, err := makeHashes(c.Schemes)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, c.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	f := &loader{dir: core.New(core.Config{Store: s}), population: population{c.Population}, hashes: hashes, batch: min(c.Batch, c.Users/10+1), report: report}
	return f.fill(ctx, c.Users)
}
