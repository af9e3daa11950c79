package main

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// vsFlags are a request to another program, a baseline of every operation.
type vsFlags struct {
	VS       string   `name:"vs" help:"Compare every operation with this one request to another program." placeholder:"URL"`
	VSMethod string   `name:"vs-method" default:"GET" help:"Method of that request." placeholder:"WORD"`
	VSHeader []string `name:"vs-header" help:"Header of that request; may be repeated." placeholder:"NAME:VALUE" sep:"none"`
	VSBody   string   `name:"vs-body" help:"Body of that request." placeholder:"TEXT"`
	VSStatus int      `name:"vs-status" default:"200" help:"Expected status of its responses." placeholder:"N"`
	VSPID    int      `name:"vs-pid" help:"That program's process, to measure its CPU time and memory." placeholder:"PID"`
}

// check refuses a program on another machine than the target's: this program
// generates as much load as it can.
func (v vsFlags) check(target string) error {
	if v.VS == "" {
		return nil
	}
	u, err := parseTarget(v.VS)
	if err != nil {
		return fmt.Errorf("--vs: %w", err)
	}
	if t, err := parseTarget(target); err == nil && t.Hostname() == u.Hostname() {
		return nil
	}
	if !onThisMachine(u) {
		return errors.New("--vs: only a loopback address, or the host of --target")
	}
	return nil
}

// traffic returns the workload.
func (v vsFlags) traffic(conns int) (*traffic, error) {
	u, err := parseTarget(v.VS)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", v.VSMethod, u.RequestURI(), u.Host)
	for _, h := range v.VSHeader {
		b.WriteString(h + "\r\n")
	}
	if v.VSBody != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(v.VSBody))
	}
	b.WriteString("\r\n" + v.VSBody)
	return &traffic{addr: u.Host, server: process(v.VSPID), request: fixed(b.String()), picks: 1, status: v.VSStatus, conns: conns}, nil
}

// parseTarget parses http://HOST:PORT/...; the returned Host always has a port.
func parseTarget(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" || u.Hostname() == "" {
		return nil, fmt.Errorf("%q: only http://HOST:PORT can be measured", text)
	}
	if u.Port() == "" {
		u.Host += ":80"
	}
	return u, nil
}

// onThisMachine reports whether the host is a loopback address, without asking a
// resolver.
func onThisMachine(u *url.URL) bool {
	if u.Hostname() == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.IsLoopback()
}
