package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
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

// reload reads the certificates' files. What fails is logged and leaves what was there.
func (s *server) reload() {
	s.notify(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
	defer s.notify(daemon.SdNotifyReady)
	if s.certs == nil {
		s.log.Info("SIGHUP: there are no certificates to read; all other settings need a restart")
		return
	}
	if err := s.certs.Refresh(time.Now()); err == nil {
		s.log.Info("SIGHUP: certificates are up to date; all other settings need a restart")
	}
}
