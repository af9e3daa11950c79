package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// passed are the sockets that systemd has opened for this process.
type passed []*os.File

// sockets returns what systemd has passed. Only the first call does.
func sockets() passed { return activation.Files(true) }

// fromSystemd reports whether an address is a socket that systemd passes: "systemd" for
// the first, "systemd:NAME" for that of a FileDescriptorName. name is "" for the first.
func fromSystemd(address string) (name string, ok bool) {
	if address == "systemd" {
		return "", true
	}
	return strings.CutPrefix(address, "systemd:")
}

// listener returns the socket of the name, or the first.
func (p passed) listener(name string) (net.Listener, error) {
	i := slices.IndexFunc(p, func(f *os.File) bool { return name == "" || f.Name() == name })
	if i >= 0 {
		return net.FileListener(p[i])
	}
	if len(p) == 0 {
		return nil, fmt.Errorf("systemd has passed no socket; start the program by its socket unit, or give an address")
	}
	var names []string
	for _, f := range p {
		names = append(names, f.Name())
	}
	return nil, fmt.Errorf("systemd has passed no socket of this name, but %s; set FileDescriptorName= in the socket unit", strings.Join(names, ", "))
}

// close closes this process's handles of the sockets; systemd keeps its own.
func (p passed) close() {
	for _, f := range p {
		_ = f.Close()
	}
}

// notify tells systemd, if that has started the program, about its state.
func (s *server) notify(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		s.log.Warn("cannot notify systemd", "error", err.Error())
	}
}

// watchdog tells systemd until ctx ends that the process runs, if the unit asks for that.
func (s *server) watchdog(ctx context.Context) {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every <= 0 {
		return
	}
	tick := time.NewTicker(every / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.notify(daemon.SdNotifyWatchdog)
		}
	}
}
