package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
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
	// A signal during the bootstrap is answered late rather than half way.
	if err := g.bootstrap(context.WithoutCancel(ctx), std); err != nil {
		return err
	}
	if err := g.provisionExisting(ctx); err != nil {
		return err
	}
	return g.serve(ctx)
}

// gateway is the running program.
type gateway struct {
	cmd       *serveCmd
	log       *logs
	seed      *seedFile
	listeners []*edge.Listener
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

func (g *gateway) listen() error {
	for _, addr := range []string{g.cmd.Listen, g.cmd.AdminListen} {
		if addr == "" {
			continue
		}
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return exitError{exitListen, fmt.Errorf("cannot listen on %s: %w", addr, listenCause(err))}
		}
		g.listeners = append(g.listeners, edge.LimitListener(l, g.cmd.listenerConfig()))
	}
	return nil
}

func (c *serveCmd) listenerConfig() edge.ListenerConfig {
	return edge.ListenerConfig{
		Connections: c.Limits.MaxConnections, ClientConnections: c.Limits.MaxClientConnections, TrustedProxies: c.TrustedProxies,
	}
}

// listenCause drops the address, which the message already has.
func listenCause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// serve answers requests until ctx ends, then drains.
func (g *gateway) serve(ctx context.Context) error {
	failed := make(chan error, len(g.listeners))
	for i, l := range g.listeners {
		server := g.cmd.server(g.handler(i), g.log)
		g.servers = append(g.servers, server)
		go func() { failed <- server.Serve(l) }()
	}
	g.logListening()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
		return g.drain()
	}
}

// logListening logs the addresses: with port 0, they are not known otherwise.
func (g *gateway) logListening() {
	attrs := []any{"address", g.listeners[0].Addr().String(), "version", version()}
	if len(g.listeners) > 1 {
		attrs = append(attrs, "admin", g.listeners[1].Addr().String())
	}
	g.log.Info("listening", attrs...)
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
