package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
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
	// Half an administrator would be worse than a late answer to a signal.
	if err := g.populate(context.WithoutCancel(ctx), std); err != nil {
		return err
	}
	return g.serve(ctx)
}

// gateway is everything that runs.
type gateway struct {
	cmd       *serveCmd
	log       *logs
	seed      *seedFile
	listeners []*edge.Listener
	admin     *edge.AdminHandler
	services  *services
	fronts    []front
	servers   []*http.Server
}

// open checks and opens all that can be wrong, in the order of what is cheapest
// to mend, and before anything is written.
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
	g.fronts = g.cmd.dialects(g.services)
	return nil
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
		g.listeners = append(g.listeners, edge.LimitListener(l, g.cmd.Limits.MaxConnections))
	}
	return nil
}

// listenCause drops what the message says already.
func listenCause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// serve answers until ctx ends. What is in flight then gets its time to finish.
func (g *gateway) serve(ctx context.Context) error {
	failed := make(chan error, len(g.listeners))
	for i, l := range g.listeners {
		server := g.cmd.server(g.handler(i), g.log)
		g.servers = append(g.servers, server)
		go func() { failed <- server.Serve(l) }()
	}
	g.announce()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
		return g.drain()
	}
}

// announce says where to reach the gateway: with port 0, nobody else knows.
func (g *gateway) announce() {
	said := []any{"address", g.listeners[0].Addr().String(), "version", version()}
	if len(g.listeners) > 1 {
		said = append(said, "admin", g.listeners[1].Addr().String())
	}
	g.log.Info("listening", said...)
}

// drain refuses new work and waits for what is being done.
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
