package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// reloadOnSignal begins to read again, at every SIGHUP until ctx ends, what can change
// while the program runs. Without it, SIGHUP would end the program.
func (s *server) reloadOnSignal(ctx context.Context) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
				s.reload()
			}
		}
	}()
}

// reload reads the settings, the certificates and opens the audit again. What fails is
// logged and leaves what was there.
func (s *server) reload() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notify(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
	defer s.notify(daemon.SdNotifyReady)
	if err := s.reopenAudit(); err != nil {
		s.log.Error("SIGHUP: the file of --audit cannot be opened again", "error", err.Error())
	}
	s.refreshCertificates()
	if err := s.reloadSettings(); err != nil {
		s.log.Error("SIGHUP: the settings stay as they are", "error", oneLine(err.Error()))
	}
}

func (s *server) refreshCertificates() {
	if s.certs == nil {
		s.log.Info("SIGHUP: there are no certificates to read")
		return
	}
	if err := s.certs.Refresh(time.Now()); err == nil {
		s.log.Info("SIGHUP: certificates are up to date")
	}
}

// reloadable are the settings that a running gateway takes. All others need a restart.
var reloadable = []string{
	"log-level", "trusted-proxies", "host", "mount",
	"max-client-connections", "max-requests", "max-client-requests", "max-caller-requests", "max-bodies", "max-client-bodies",
	"max-answer", "max-answers", "max-client-answers",
	"rate-limit", "rate-burst", "caller-rate-limit", "caller-rate-burst", "client-rate-limit", "client-rate-burst",
	"drain-delay", "drain-timeout",
}

// reloadSettings reads the settings as at the start. It applies all that have changed and
// are reloadable, or none, and names the others.
func (s *server) reloadSettings() error {
	next, now, err := s.parseAgain()
	if err != nil {
		return err
	}
	if err := next.checkPlaces(); err != nil {
		return err
	}
	if s.certs != nil {
		if err := s.checkHostsCovered(next); err != nil {
			return err
		}
	}
	var applied, restart []string
	for _, name := range slices.Sorted(maps.Keys(now)) {
		switch {
		case now[name] == s.settings[name]:
		case slices.Contains(reloadable, name):
			applied = append(applied, name)
			s.settings[name] = now[name]
		default:
			restart = append(restart, name)
		}
	}
	if len(applied) > 0 {
		s.apply(next)
		s.log.Warn("SIGHUP: changed settings are in force", "settings", strings.Join(applied, " "))
	}
	if slices.Contains(applied, "trusted-proxies") {
		s.warnOfExposure()
	}
	if len(restart) > 0 {
		s.log.Warn("SIGHUP: settings that have changed need a restart", "settings", strings.Join(restart, " "))
	}
	return nil
}

// parseAgain reads the settings from where they were read at the start, and returns them
// with their texts.
func (s *server) parseAgain() (*serveCmd, map[string]string, error) {
	// The parser writes to what it is given, so that it gets rows of its own.
	parser, err := newParser(s.cmd.env, streams{io.Discard, io.Discard, nil}, gateway.Table(), "serve")
	if err != nil {
		return nil, nil, err
	}
	line, err := parser.Parse(s.args)
	if err != nil {
		return nil, nil, err
	}
	return &parser.Model.Target.Addr().Interface().(*cli).Serve, settingsOf(line), nil
}

// apply makes the reloadable settings those of next.
func (s *server) apply(next *serveCmd) {
	c := s.cmd
	c.Log.Level, c.TrustedProxies, c.Places = next.Log.Level, next.TrustedProxies, next.Places
	c.Limits.MaxClientConnections = next.Limits.MaxClientConnections
	c.Limits.DrainDelay, c.Limits.DrainTimeout = next.Limits.DrainDelay, next.Limits.DrainTimeout
	s.log.level.Set(c.Log.slogLevel())
	for _, l := range s.listeners {
		l.Reconfigure(c.listenerConfig())
	}
	s.gateway.Reconfigure(gateway.Live{TrustedProxies: c.TrustedProxies, Hosts: c.Places.hosts(), Mounts: c.Places.mounts(), Limits: next.Limits})
}

// limits returns the limits in force.
func (s *server) limits() gateway.Limits {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cmd.Limits
}

// settingsOf returns the values of all flags of a command line.
func settingsOf(line *kong.Context) map[string]string {
	all := map[string]string{}
	for _, f := range line.Flags() {
		all[f.Name] = fmt.Sprint(f.Target.Interface())
	}
	return all
}
