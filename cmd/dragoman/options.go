package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// serveCmd is the main command with all its settings.
type serveCmd struct {
	Listen         string         `default:"127.0.0.1:8080" help:"Listen on this address and port; port 0 picks a free one."`
	AdminListen    string         `help:"Serve /_dragoman/ (health, ready, metrics) on this address instead of the main one." placeholder:"ADDR"`
	Console        string         `default:"off" enum:"off,read,write" help:"Serve a console for browsers under /_dragoman/console/: off, read or write. Operators sign in: see 'admin grant'."`
	TrustedProxies []netip.Prefix `help:"Trust X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto and X-Forwarded-Prefix, or Forwarded, from these networks, such as 10.0.0.0/8,127.0.0.1/32." placeholder:"CIDR"`
	TLS            tlsOptions     `embed:"" prefix:"tls-" group:"tls"`
	Places         placeOptions   `embed:""`
	storeOption    `embed:""`
	mapOption      `embed:""`
	Seed           string `help:"Add the users, keys and administrators of this YAML file, each once." placeholder:"FILE" type:"path"`

	Trust              string `default:"none" enum:"none,shared" help:"With shared, each dialect alone decides who may change whom, as its vendor made it: whoever may change a user in one dialect can take that user's place in all of them."`
	SandboxControl     string `help:"Serve sandboxes for tests besides, and their control API below /_dragoman/sandboxes to callers with this bearer token of at least 20 characters." placeholder:"TOKEN"`
	SandboxControlFile string `help:"Read the token of --sandbox-control from this file." placeholder:"FILE"`
	SecretsFile        string `help:"Write the first administrator's secrets to this file, which only its owner can read; - for standard output. Default: standard output if it is a terminal, else dragoman-first-secrets.txt beside the store." placeholder:"FILE"`

	Audit         string `help:"Append a JSON line for each change and each login to this file; stderr for standard error." placeholder:"FILE"`
	AuditRequired bool   `help:"Refuse changes while the audit cannot be written."`

	Log       logOptions        `embed:"" prefix:"log-" group:"log"`
	Limits    gateway.Limits    `embed:"" group:"limits"`
	Passwords gateway.Passwords `embed:"" group:"passwords"`
	Adoption  gateway.Adoption  `embed:""`
	Dialects  kong.Plugins      `embed:""`

	rows []*gateway.Row
	env  []string // to read the settings again
}

// Validate refuses numbers and times below 0 where they have no meaning.
func (c *serveCmd) Validate(ctx *kong.Context) error {
	for _, f := range ctx.Flags() {
		if !strings.Contains(f.Help, "below 0") && isNegative(f.Target) {
			return fmt.Errorf("--%s: must not be below 0", f.Name)
		}
	}
	return nil
}

func isNegative(v reflect.Value) bool {
	switch {
	case v.CanInt():
		return v.Int() < 0
	case v.CanFloat():
		return !(v.Float() >= 0)
	}
	return false
}

// storeOption is the same in every command that opens the store.
type storeOption struct {
	StoreFile   string `help:"Read the value of --store from this file, since that of PostgreSQL has a password." placeholder:"FILE"`
	Store       string `default:"sqlite:dragoman.db" help:"Store: sqlite:PATH, sqlite::memory: or postgres://USER@HOST/DATABASE."`
	SealKeyFile string `help:"File with the keys that seal the secrets in the store: 64 hexadecimal digits on each line, of which the first seals and all open. Default: for SQLite, the store's path with .key, made for a new store; for PostgreSQL none, so that the secrets are in plain text." placeholder:"FILE" type:"path"`
}

type logOptions struct {
	Format string `default:"text" enum:"text,json" help:"Format of the log on standard error: text or json."`
	Level  string `default:"info" enum:"debug,info,warn,error" help:"Omit lines below debug, info, warn or error. Each request is one line at info."`
}

// AfterApply reads the file, if one is given. kong calls it.
func (o *storeOption) AfterApply() error {
	if o.StoreFile == "" {
		return nil
	}
	if o.Store != defaultStore {
		return errors.New("give --store or --store-file, not both")
	}
	text, err := lineIn("--store-file", o.StoreFile, "store")
	o.Store = text
	return err
}

// lineIn returns the only line of a flag's file, which has what is named.
func lineIn(flag, path, what string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	line := strings.TrimSpace(string(text))
	switch {
	case line == "":
		return "", fmt.Errorf("%s %s: has no %s", flag, path, what)
	case strings.Contains(line, "\n"):
		return "", fmt.Errorf("%s %s: has more than one line", flag, path)
	}
	return line, nil
}

// defaultStore is the default of --store.
const defaultStore = "sqlite:dragoman.db"
