package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/alecthomas/kong"
	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/tlscert"
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// Run serves until ctx ends, then drains.
func (c *serveCmd) Run(ctx context.Context, line *kong.Context, std streams) error {
	lg := c.Log.open(std)
	defer lg.out.Close()
	s := &server{cmd: c, log: lg, args: line.Args, settings: settingsOf(line)}
	defer s.close()
	if err := s.open(ctx, std); err != nil {
		return err
	}
	if err := s.makeCertificates(std); err != nil {
		return err
	}
	// A signal during the bootstrap is answered late rather than half way.
	if err := s.bootstrap(context.WithoutCancel(ctx), std); err != nil {
		return err
	}
	if err := s.addMappings(ctx); err != nil {
		return err
	}
	if err := s.gateway.ProvisionExisting(ctx); err != nil {
		return err
	}
	defer s.serveOperator()()
	return s.serve(ctx)
}

// server is the running program: a gateway and what it needs of the process.
type server struct {
	cmd       *serveCmd
	log       *logs
	args      []string // of the command line
	seed      *gateway.Seed
	auditor   core.Auditor // nil without --audit
	certs     *tlscert.Set // nil without TLS
	localCA   string       // path of the authority of --tls-local, or ""
	listeners []*listener
	gateway   *gateway.Gateway
	sandboxes *sandbox.Manager // nil without --sandbox-control
	servers   []*http.Server
	draining  atomic.Bool

	connections connections

	// mu guards what SIGHUP changes: what is below, and the settings in cmd.
	mu       sync.Mutex
	settings map[string]string // in force, as texts
	audit    io.Closer         // the file of --audit, or nil
}

// open checks and opens everything before anything is written, the errors that
// are easiest to fix first.
func (s *server) open(ctx context.Context, std streams) (err error) {
	if s.seed, err = s.cmd.readSeed(); err != nil {
		return err
	}
	if err = s.cmd.checkPlaces(); err != nil {
		return exitError{exitUsage, err}
	}
	if err = s.openSandboxes(); err != nil {
		return err
	}
	if err = s.openCertificates(); err != nil {
		return err
	}
	if err = s.listen(); err != nil {
		return err
	}
	if err = s.openAudit(std); err != nil {
		return err
	}
	if s.gateway, err = openGateway(ctx, s.config()); err != nil {
		return err
	}
	s.registerMetrics()
	if err = s.warnOfReadableFiles(); err != nil {
		return err
	}
	if err = s.warnOfPublishedSecrets(); err != nil {
		return err
	}
	s.warnOfTrust()
	s.warnOfExposure()
	s.warnOfPlainSecrets()
	return nil
}

// readSeed reads and checks the seed file; nil without one.
func (c *serveCmd) readSeed() (*gateway.Seed, error) {
	if c.Seed == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Seed)
	if err != nil {
		return nil, exitError{exitSeed, fmt.Errorf("cannot read the seed: %w", err)}
	}
	return gateway.ParseSeed(c.Seed, text, c.rows)
}

// warnOfTrust logs what --trust shared means.
func (s *server) warnOfTrust() {
	if s.cmd.Trust == trustShared {
		s.log.Warn("--trust shared: whoever may change a user in one dialect can take that user's place in all of them; " +
			"a holder of a Syncano API key can become an OnApp administrator")
	}
}

// warnOfExposure logs what strangers can reach or read when the gateway listens beyond
// this machine.
func (s *server) warnOfExposure() {
	address, ok := s.listeners[0].Addr().(*net.TCPAddr)
	if !ok || address.IP.IsLoopback() {
		return
	}
	if s.certs == nil && len(s.cmd.TrustedProxies) == 0 {
		s.log.Warn("passwords and keys travel in plain text: it listens beyond this machine without TLS, and no proxy is trusted; see --tls-cert and --trusted-proxies")
	}
	if s.cmd.AdminListen == "" {
		s.log.Warn("strangers can read " + edge.Prefix + "metrics; --admin-listen serves it on an address of its own")
	}
}

// warnOfPlainSecrets logs that the store keeps secrets in plain text. The replicas of a
// database must share a key, so none can be made up.
func (s *server) warnOfPlainSecrets() {
	if s.cmd.SealKeyFile == "" && strings.HasPrefix(s.cmd.Store, "postgres") {
		s.log.Warn("keys are in the database in plain text; --seal-key-file, the same file for every replica, seals them")
	}
}

// gcPercent makes the runtime collect garbage less often than its default of 100, while
// requests are served: the live heap is small, and every collection costs time. A large
// seed, before that, takes half as much memory with the default. GOGC overrides it.
const gcPercent = 400

// serve answers requests until ctx ends, then drains.
func (s *server) serve(ctx context.Context) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	failed := make(chan error, len(s.listeners))
	for _, l := range s.listeners {
		server := s.cmd.server(s.handler(l.role), s.log)
		server.ConnState = s.connections.note
		s.servers = append(s.servers, server)
		go func() { failed <- l.serve(server, s.certs) }()
	}
	s.reloadOnSignal(ctx)
	s.logListening()
	alive, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go s.watchdog(alive)
	s.notify(daemon.SdNotifyReady)
	if s.certs != nil {
		if err := s.certs.Obtain(ctx); err != nil {
			return err
		}
		go s.certs.Watch(ctx, tlsRefresh)
	}
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
		return s.drain()
	}
}

// close releases what open has opened.
func (s *server) close() {
	for _, l := range s.listeners {
		_ = l.Close()
	}
	if s.sandboxes != nil {
		s.sandboxes.Close()
	}
	if s.gateway == nil {
		return
	}
	if err := s.gateway.Close(); err != nil {
		s.log.Error("closing the store", "error", err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.audit != nil {
		_ = s.audit.Close()
	}
}
