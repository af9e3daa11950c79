package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// healthCmd asks a gateway that runs on this machine, with the same settings, for its
// state. It is for a container's health check, where there is no other client.
type healthCmd struct {
	Listen      string        `default:"127.0.0.1:8080" help:"Address of the gateway."`
	AdminListen string        `help:"Address of its /_dragoman/, if that is another." placeholder:"ADDR"`
	Ready       bool          `help:"Fail also while the gateway cannot serve, as without its store."`
	Timeout     time.Duration `default:"2s" help:"Time limit."`
}

// Run prints the gateway's answer.
func (c *healthCmd) Run(ctx context.Context, std streams) error {
	address, path := c.AdminListen, "health"
	if address == "" {
		address = c.Listen
	}
	if c.Ready {
		path = "ready"
	}
	target, err := reachable(address)
	if err != nil {
		return exitError{exitUsage, err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	answer, err := askHealth(ctx, "http://"+target+"/_dragoman/"+path)
	if err != nil || answer.status == http.StatusBadRequest {
		// A gateway that speaks TLS answers plain HTTP with 400.
		answer, err = askHealth(ctx, "https://"+target+"/_dragoman/"+path)
	}
	if err != nil {
		return fmt.Errorf("the gateway at %s does not answer: %w", address, err)
	}
	if answer.status != http.StatusOK {
		return fmt.Errorf("the gateway at %s answers %d %s", address, answer.status, answer.text)
	}
	_, err = fmt.Fprint(std.out, answer.text)
	return err
}

// reachable returns an address of this machine for one that a server listens on.
func reachable(address string) (string, error) {
	if _, ok := fromSystemd(address); ok {
		return "", fmt.Errorf("--listen %s: the address is in the socket unit; give it as --listen HOST:PORT", address)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("--listen %s: %w", address, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

type healthAnswer struct {
	status int
	text   string
}

// askHealth does not verify the certificate: it is for other names, and the answer only says
// whether the program runs.
func askHealth(ctx context.Context, url string) (a healthAnswer, err error) {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return a, err
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	return healthAnswer{res.StatusCode, string(text)}, err
}
