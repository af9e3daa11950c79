package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/tlscert"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// role is what a listener is for.
type role string

const (
	mainRole   role = "main"   // the dialects, and the program's own endpoints unless adminRole is there
	adminRole  role = "admin"  // the program's own endpoints, never over TLS
	legacyRole role = "legacy" // what mainRole serves, for old clients
)

// listener is an address that the program listens on.
type listener struct {
	*edge.Listener
	role role
}

// addresses returns the settings of all listeners, the main one first.
func (c *serveCmd) addresses() (all []address) {
	for _, a := range []address{{mainRole, "--listen", c.Listen}, {adminRole, "--admin-listen", c.AdminListen},
		{legacyRole, "--tls-legacy-listen", c.TLS.LegacyListen}} {
		if a.address != "" {
			all = append(all, a)
		}
	}
	return all
}

type address struct {
	role          role
	flag, address string
}

func (s *server) listen() error {
	given := sockets()
	defer given.close()
	for _, a := range s.cmd.addresses() {
		l, err := a.listen(given)
		if err != nil {
			return exitError{exitListen, fmt.Errorf("%s: cannot listen on %s: %w", a.flag, a.address, listenCause(err))}
		}
		s.listeners = append(s.listeners, &listener{edge.LimitListener(l, s.cmd.listenerConfig()), a.role})
	}
	return nil
}

func (a address) listen(given passed) (net.Listener, error) {
	if name, ok := fromSystemd(a.address); ok {
		return given.listener(name)
	}
	return net.Listen("tcp", a.address)
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

// serve answers requests until the server is closed. certs is nil without TLS.
func (l *listener) serve(server *http.Server, certs *tlscert.Set) error {
	switch {
	case certs == nil || l.role == adminRole:
		return server.Serve(l)
	case l.role == legacyRole:
		server.TLSConfig = certs.LegacyConfig()
		server.Protocols = new(http.Protocols)
		server.Protocols.SetHTTP1(true)
	default:
		server.TLSConfig = certs.Config()
	}
	return server.ServeTLS(l, "", "")
}

// logListening logs the addresses: with port 0, they are not known otherwise.
func (s *server) logListening() {
	attrs := []any{"address", s.listeners[0].Addr().String(), "version", version(), "tls", s.certs != nil}
	for _, l := range s.listeners[1:] {
		attrs = append(attrs, string(l.role), l.Addr().String())
	}
	s.log.Info("listening", attrs...)
	if s.cmd.TLS.LegacyListen == "" {
		return
	}
	s.log.Warn("--tls-legacy-listen: who can change the network's traffic can read what old clients send, passwords included")
	if !s.certs.HasRSA() {
		s.log.Warn("--tls-legacy-listen: no certificate has an RSA key, which most old clients need")
	}
}

// scheme is how --listen is spoken to.
func (s *server) scheme() string {
	if s.certs != nil {
		return "https"
	}
	return "http"
}
