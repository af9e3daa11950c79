package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/tlscert"
	"github.com/dragoman-gateway/dragoman/core"
)

// Run serves until ctx ends, then drains.
func (c *serveCmd) Run(ctx context.Context, std streams) error {
	lg := c.Log.open(std)
	defer lg.out.Close()
	g := &gateway{cmd: c, log: lg}
	defer g.close()
	if err := g.open(ctx); err != nil {
		return err
	}
	if err := g.makeCertificates(std); err != nil {
		return err
	}
	// A signal during the bootstrap is answered late rather than half way.
	if err := g.bootstrap(context.WithoutCancel(ctx), std); err != nil {
		return err
	}
	if err := g.provisionExisting(ctx); err != nil {
		return err
	}
	defer g.serveOperator()()
	return g.serve(ctx)
}

// gateway is the running program.
type gateway struct {
	cmd       *serveCmd
	log       *logs
	seed      *seedFile
	certs     *tlscert.Set // nil without TLS
	localCA   string       // path of the authority of --tls-local, or ""
	listeners []*listener
	edge      http.Handler // of the dialects
	admin     *edge.AdminHandler
	services  *services
	dialects  []mountedDialect
	servers   []*http.Server
}

// open checks and opens everything before anything is written, the errors that
// are easiest to fix first.
func (g *gateway) open(ctx context.Context) (err error) {
	if g.seed, err = g.cmd.readSeed(); err != nil {
		return exitError{exitSeed, err}
	}
	if err = g.openCertificates(); err != nil {
		return err
	}
	if err = g.listen(); err != nil {
		return err
	}
	if g.services, err = g.cmd.openServices(ctx); err != nil {
		return err
	}
	if err = g.warnOfReadableFiles(); err != nil {
		return err
	}
	g.warnOfTrust()
	return g.openDialects()
}

// warnOfTrust logs what --trust shared means.
func (g *gateway) warnOfTrust() {
	if g.cmd.Trust == trustShared {
		g.log.Warn("--trust shared: whoever may change a user in one dialect can take that user's place in all of them; " +
			"a holder of a Syncano API key can become an OnApp administrator")
	}
}

func (g *gateway) openDialects() (err error) {
	if g.dialects, err = openRows(g.cmd.rows, g.services); err != nil {
		return err
	}
	register(g.services.directory, g.dialects)
	return nil
}

// register adds what the dialects do for the directory.
func register(dir *core.Directory, all []mountedDialect) {
	for _, d := range all {
		if p, ok := d.Dialect.(core.Provisioner); ok {
			dir.AddProvisioner(p)
		}
		if a, ok := d.Dialect.(core.AuthoritySource); ok {
			dir.AddAuthoritySource(a)
		}
	}
}

func openRows(rows []*dialectRow, s *services) (all []mountedDialect, err error) {
	for _, r := range rows {
		d, err := r.open(s)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// serve answers requests until ctx ends, then drains.
func (g *gateway) serve(ctx context.Context) error {
	failed := make(chan error, len(g.listeners))
	for _, l := range g.listeners {
		server := g.cmd.server(g.handler(l.role), g.log)
		g.servers = append(g.servers, server)
		go func() { failed <- l.serve(server, g.certs) }()
	}
	g.reloadOnSignal(ctx)
	g.logListening()
	if g.certs != nil {
		if err := g.certs.Obtain(ctx); err != nil {
			return err
		}
		go g.certs.Watch(ctx, tlsRefresh)
	}
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
		return g.drain()
	}
}

// drain refuses new connections and waits for requests in progress.
func (g *gateway) drain() error {
	g.log.Info("draining", "timeout", g.cmd.Limits.DrainTimeout.String())
	g.admin.Drain()
	time.Sleep(g.cmd.Limits.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), g.cmd.Limits.DrainTimeout)
	defer cancel()
	var late error
	for _, server := range g.servers {
		if err := server.Shutdown(ctx); err != nil {
			late = errors.Join(fmt.Errorf("requests cut off after --drain-timeout: %w", err), server.Close())
		}
	}
	g.log.Info("stopped")
	return late
}

// close releases what open has opened.
func (g *gateway) close() {
	for _, l := range g.listeners {
		_ = l.Close()
	}
	if g.services == nil {
		return
	}
	if err := g.services.store.Close(); err != nil {
		g.log.Error("closing the store", "error", err.Error())
	}
}
