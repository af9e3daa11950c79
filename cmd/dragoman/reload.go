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

// reload reads the settings and the certificates again. What fails is logged and leaves
// what was there.
func (s *server) reload() {
	s.notify(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
	defer s.notify(daemon.SdNotifyReady)
	if err := s.reloadSettings(); err != nil {
		s.log.Error("SIGHUP: the settings stay as they are", "error", oneLine(err.Error()))
	}
	if s.certs == nil {
		s.log.Info("SIGHUP: there are no certificates to read")
		return
	}
	if err := s.certs.Refresh(time.Now()); err == nil {
		s.log.Info("SIGHUP: certificates are up to date")
	}
}

// reloadable is the only setting that a running gateway takes from the settings file.
const reloadable = "log-level"

// reloadSettings reads the settings as at the start. It applies the level of the log, and
// names all others that have changed.
func (s *server) reloadSettings() error {
	// The parser writes to what it is given, so that it gets rows of its own.
	parser, err := newParser(s.cmd.env, streams{io.Discard, io.Discard, nil}, gateway.Table())
	if err != nil {
		return err
	}
	line, err := parser.Parse(s.args)
	if err != nil {
		return err
	}
	now := settingsOf(line)
	var restart []string
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if name != reloadable && now[name] != s.settings[name] {
			restart = append(restart, name)
		}
	}
	if now[reloadable] != s.settings[reloadable] {
		s.settings[reloadable] = now[reloadable]
		s.log.level.Set(logOptions{Level: now[reloadable]}.slogLevel())
		s.log.Warn("SIGHUP: the log has another level", "level", now[reloadable])
	}
	if len(restart) > 0 {
		s.log.Warn("SIGHUP: settings that have changed need a restart", "settings", strings.Join(restart, " "))
	}
	return nil
}

// settingsOf returns the values of all flags of a command line.
func settingsOf(line *kong.Context) map[string]string {
	all := map[string]string{}
	for _, f := range line.Flags() {
		all[f.Name] = fmt.Sprint(f.Target.Interface())
	}
	return all
}
