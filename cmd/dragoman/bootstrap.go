package main

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// bootstrap creates what must exist before the first request: the seed's entries
// or, without a seed, an administrator in an empty store.
func (s *server) bootstrap(ctx context.Context, std streams) error {
	if seed := s.seed; seed != nil {
		s.seed = nil
		defer debug.FreeOSMemory() // the seed and its hashes take the most memory of an idle gateway
		return s.gateway.ApplySeed(ctx, seed)
	}
	err := s.gateway.RequireEmpty(ctx)
	switch {
	case errors.Is(err, gateway.ErrNotEmpty):
		return s.warnOfNoAdministrator(ctx)
	case err != nil:
		return err
	}
	return s.createInitialAdmin(ctx, std)
}

// createInitialAdmin adds an administrator and prints its secrets.
func (s *server) createInitialAdmin(ctx context.Context, std streams) error {
	defer debug.FreeOSMemory()
	admin := newInitialAdmin(s.gateway.Directory(), baseURL(s.scheme(), s.listeners[0].Addr()), redactDSN(s.cmd.Store))
	admin.ca = s.localCA
	var err error
	if admin.out, err = s.cmd.secretsOutput(std); err != nil {
		return err
	}
	seed, access := s.gateway.FirstAdministrator(admin.Administrator, admin.printSecrets)
	admin.access = access
	err = s.gateway.ApplySeed(ctx, seed)
	if errors.Is(err, gateway.ErrNotEmpty) {
		return admin.printRevoked()
	}
	if err != nil {
		return err
	}
	return admin.printExamples()
}

// warnOfNoAdministrator logs that a store, which an import has filled perhaps, has users
// and no administrator among them.
func (s *server) warnOfNoAdministrator(ctx context.Context) error {
	has, err := s.gateway.HasAdministrator(ctx)
	if err == nil && !has {
		s.log.Warn("no user may administer others; dragoman admin grant NAME DIALECT gives the rights")
	}
	return err
}
