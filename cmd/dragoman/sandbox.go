package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// sandboxCmd is the program as a stand-in for tests, and what changes one that runs.
type sandboxCmd struct {
	Serve    sandboxServeCmd    `cmd:"" default:"withargs" help:"Run a stand-in for tests, in memory. This is the command without a name."`
	Create   sandboxCreateCmd   `cmd:"" help:"Create a sandbox."`
	List     sandboxListCmd     `cmd:"" help:"List the sandboxes."`
	Show     sandboxShowCmd     `cmd:"" help:"Show a sandbox."`
	Drop     sandboxDropCmd     `cmd:"" help:"Drop a sandbox."`
	Reset    sandboxResetCmd    `cmd:"" help:"Return to the start or to a snapshot."`
	Snapshot sandboxSnapshotCmd `cmd:"" help:"Keep the present state, to return to."`
	Download sandboxDownloadCmd `cmd:"" help:"Write a snapshot as an archive to standard output."`
	Upload   sandboxUploadCmd   `cmd:"" help:"Keep an archive as a snapshot."`
	Diff     sandboxDiffCmd     `cmd:"" help:"Show what differs between two snapshots."`
	Clock    sandboxClockCmd    `cmd:"" help:"Show or change the clock."`
	Fault    sandboxFaultCmd    `cmd:"" help:"Make calls go wrong."`
	Heal     sandboxHealCmd     `cmd:"" help:"End all faults."`
	Journal  sandboxJournalCmd  `cmd:"" help:"Show the calls that were made."`
	Verify   sandboxVerifyCmd   `cmd:"" help:"Fail unless calls were made as expected."`
}

// parseSandbox parses the commands below sandbox without the settings of all others,
// which take longer to read than a sandbox takes to start: a test waits for both. It
// returns nil if the whole command line must be looked at, as for all that it cannot
// parse.
func parseSandbox(args, env []string, std streams) *kong.Context {
	set := func(entry string) bool { return strings.HasPrefix(entry, envPrefix) }
	if len(args) == 0 || args[0] != "sandbox" || slices.ContainsFunc(env, set) {
		return nil
	}
	parser, err := kong.New(sandboxGrammar(args[1:]), kong.NoDefaultHelp(), kong.Writers(std.out, std.err))
	if err != nil {
		return nil
	}
	command, err := parser.Parse(args)
	if err != nil {
		return nil
	}
	return command
}

// sandboxGrammar returns what the words behind "sandbox" are parsed by: without a command,
// only the flags of the one that needs no name.
func sandboxGrammar(args []string) any {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		return &struct {
			Sandbox sandboxCmd `cmd:""`
		}{}
	}
	return &struct {
		Sandbox struct {
			Serve sandboxServeCmd `cmd:"" default:"withargs"`
		} `cmd:""`
	}{}
}

type sandboxServeCmd struct {
	Listen         string            `default:"127.0.0.1:8080" help:"Listen on this address and port; port 0 picks a free one."`
	Expose         bool              `help:"Allow an address that other machines can reach. All secrets of a sandbox are published."`
	Token          string            `help:"Bearer token that calls of the control API must send." placeholder:"TOKEN"`
	Hosts          []string          `help:"Host names, besides localhost, by which the control API may be called." placeholder:"NAME"`
	Seed           string            `help:"Seed file of the default sandbox, instead of the development seed; - is standard input." placeholder:"FILE"`
	Set            map[string]string `help:"Settings of all sandboxes, by the names of the flags of dragoman serve." placeholder:"FLAG=VALUE"`
	Clock          time.Time         `help:"Time at which the default sandbox begins." placeholder:"TIME"`
	Frozen         bool              `help:"Let its clock stand still."`
	Random         uint64            `help:"Number from which its keys, ids and salts follow; 0: at random."`
	Strict         bool              `help:"Note in its journal what the vendor ignored without a word."`
	JournalSize    int               `default:"1000" help:"Calls that each sandbox remembers."`
	Output         string            `default:"text" enum:"text,json" help:"text: commands to try; json: one line with URL, port and credentials."`
	ExitWithParent bool              `help:"End when standard input closes."`
}

// Run serves until ctx ends.
func (c *sandboxServeCmd) Run(ctx context.Context, std streams) error {
	if err := c.checkExposed(); err != nil {
		return err
	}
	creation, err := c.creation(std.in)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return exitError{exitListen, fmt.Errorf("--listen: cannot listen on %s: %w", c.Listen, listenCause(err))}
	}
	defer l.Close()
	m := sandbox.New(sandbox.Config{
		Settings: c.settings(), Token: c.Token, Hosts: c.Hosts, Journal: c.JournalSize, Listen: c.anotherPort, Base: c.base(l), Console: true,
	})
	defer m.Close()
	first := begin(ctx, m, creation)
	defer func() { <-first.made }() // what it has in the folder for temporary files goes with it
	if c.Seed != "" || len(c.Set) > 0 {
		if err := first.wait(ctx); err != nil {
			return sandboxError(err)
		}
	}
	if err := c.announce(std.out, l, sandbox.CredentialsOf(creation.Seed)); err != nil {
		return err
	}
	return c.serve(ctx, std.in, l, first)
}

// firstSandbox serves the manager's sandboxes as soon as there is the default one.
type firstSandbox struct {
	*sandbox.Manager
	made chan struct{} // closed then, or when it could not be created
	err  error         // set before
}

// begin creates the default sandbox while the program goes on: what does not depend on
// the command line can be announced before it is there.
func begin(ctx context.Context, m *sandbox.Manager, creation sandbox.Creation) *firstSandbox {
	f := &firstSandbox{Manager: m, made: make(chan struct{})}
	go func() {
		defer close(f.made)
		var made *sandbox.Sandbox
		if made, f.err = m.Create(ctx, creation); f.err == nil {
			f.err = made.Open()
		}
	}()
	return f
}

func (f *firstSandbox) wait(ctx context.Context) error {
	select {
	case <-f.made:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ServeHTTP implements http.Handler.
func (f *firstSandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := f.wait(r.Context()); err != nil {
		http.Error(w, "the sandbox could not be created: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	f.Manager.ServeHTTP(w, r)
}

// checkExposed refuses addresses that other machines can reach.
func (c *sandboxServeCmd) checkExposed() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("--listen: %w", err)}
	}
	ip, err := netip.ParseAddr(host)
	if c.Expose || host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return exitError{exitUsage, errors.New("--listen: the secrets of a sandbox are published, so other machines must not reach it; " +
		"use an address of 127.0.0.1, or --expose")}
}

func (c *sandboxServeCmd) settings() (args []string) {
	for name, value := range c.Set {
		args = append(args, "--"+name+"="+value)
	}
	return args
}

func (c *sandboxServeCmd) creation(in io.Reader) (sandbox.Creation, error) {
	made := sandbox.Creation{Name: sandbox.DefaultName, Clock: c.Clock, Frozen: c.Frozen, Random: c.Random, Strict: c.Strict}
	var err error
	if c.Seed != "" {
		made.Seed, err = readText(in, c.Seed)
	}
	return made, err
}

// readText reads a file, or standard input for "-".
func readText(in io.Reader, name string) (string, error) {
	if name == "-" {
		text, err := io.ReadAll(in)
		return string(text), err
	}
	text, err := os.ReadFile(name)
	return string(text), err
}

// anotherPort listens on a free port of the same address.
func (c *sandboxServeCmd) anotherPort() (net.Listener, error) {
	host, _, _ := net.SplitHostPort(c.Listen)
	return net.Listen("tcp", net.JoinHostPort(host, "0"))
}

// base is the URL of the program; an exposed one has that of each call.
func (c *sandboxServeCmd) base(l net.Listener) string {
	if c.Expose {
		return ""
	}
	return baseURL("http", l.Addr())
}

// announce prints where the program is and what lets a client in.
func (c *sandboxServeCmd) announce(out io.Writer, l net.Listener, access *sandbox.Credentials) error {
	url := baseURL("http", l.Addr())
	if c.Output == "json" {
		return json.NewEncoder(out).Encode(map[string]any{
			"url": url, "port": l.Addr().(*net.TCPAddr).Port, "control": url + sandbox.ControlPrefix + "sandboxes", "console": url + console.Prefix,
			"credentials": access,
		})
	}
	text := "A stand-in for tests, in memory. Its secrets are published: keep nothing real in it.\n\n"
	for _, command := range access.Commands(url) {
		text += "  " + command + "\n"
	}
	text += fmt.Sprintf("\nIn a browser:\n\n  %s\n", url+console.Prefix)
	text += fmt.Sprintf("\nMore sandboxes, faults, clock and journal:\n\n  curl -X POST %ssandboxes -d '{\"name\":\"mine\"}'\n  curl %sopenapi.json\n",
		url+sandbox.ControlPrefix, url+sandbox.ControlPrefix)
	_, err := io.WriteString(out, text)
	return err
}

// serve answers requests until ctx ends, or in if asked.
func (c *sandboxServeCmd) serve(ctx context.Context, in io.Reader, l net.Listener, h *firstSandbox) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if c.ExitWithParent {
		go func() { _, _ = io.Copy(io.Discard, in); cancel() }()
	}
	server := &http.Server{Handler: h, ConnContext: edge.ConnContext, ReadHeaderTimeout: 10 * time.Second, DisableGeneralOptionsHandler: true}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(l) }()
	go func() {
		if err := h.wait(ctx); err != nil && ctx.Err() == nil {
			failed <- err
		}
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
		return server.Close()
	}
}

// sandboxError gives a refusal of the manager its exit code.
func sandboxError(err error) error {
	var p *sandbox.Problem
	if !errors.As(err, &p) {
		return err
	}
	if strings.HasPrefix(p.Member, "seed") {
		return exitError{exitSeed, p}
	}
	return exitError{exitUsage, p}
}

// minControlToken is how long the token of --sandbox-control must be.
const minControlToken = 20

// besideSettings are the bounds of the sandboxes of --sandbox-control, in place of a
// stand-in's: their secrets are published, and whoever reaches the gateway reaches them.
var besideSettings = []string{
	"--max-requests=1024", "--max-client-requests=256", "--max-caller-requests=256", "--max-attributes=64KiB",
	"--syncano-max-instances=16", "--syncano-max-classes=100", "--syncano-max-users=10000", "--syncano-max-objects=10000",
}

// besideBytes bounds what each of them holds, for every dialect, and besideJournal its
// journal, of whose entries each may have two bodies.
const (
	besideBytes   = 64 << 20
	besideJournal = 200
)

// controlToken returns the token of --sandbox-control or its file; "" without either.
func (c *serveCmd) controlToken() (token string, err error) {
	token = c.SandboxControl
	if c.SandboxControlFile != "" {
		if token != "" {
			return "", exitError{exitUsage, errors.New("give --sandbox-control or --sandbox-control-file, not both")}
		}
		if token, err = lineIn("--sandbox-control-file", c.SandboxControlFile, "token"); err != nil {
			return "", exitError{exitUsage, err}
		}
	}
	if token != "" && len(token) < minControlToken {
		return "", exitError{exitUsage, fmt.Errorf("--sandbox-control: a token has at least %d characters", minControlToken)}
	}
	return token, nil
}

// openSandboxes makes the sandboxes of --sandbox-control. Their requests go past the
// gateway, and all others through it.
func (s *server) openSandboxes() error {
	token, err := s.cmd.controlToken()
	if err != nil || token == "" {
		return err
	}
	through := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.gateway.Handler().ServeHTTP(w, r) })
	s.sandboxes = sandbox.New(sandbox.Config{
		Token: token, Other: through, TrustedProxies: s.cmd.TrustedProxies, Settings: besideSettings, MaxBytes: besideBytes, Journal: besideJournal,
	})
	return nil
}

// clients returns the handler of what clients ask for.
func (s *server) clients() http.Handler {
	if s.sandboxes != nil {
		return s.sandboxes
	}
	return s.gateway.Handler()
}
