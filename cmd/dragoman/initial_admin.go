package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// initialAdmin is the administrator of an empty store. Its secrets are random,
// printed once and kept only in the store.
type initialAdmin struct {
	dialects.Administrator
	store  string // as printed
	access []dialects.FirstAccess
	ca     string // authority that curl must be told to trust, or ""

	out     io.Writer
	printed bool
}

// The initial administrator, in every dialect.
const (
	adminName  = "admin"
	adminEmail = "admin@example.com"
)

// lettersAndDigits omits characters that look alike.
const lettersAndDigits = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

func newInitialAdmin(dir *core.Directory, base, store string) *initialAdmin {
	return &initialAdmin{
		Administrator: dialects.Administrator{
			Username: adminName, Email: adminEmail, Password: dir.NewKey(lettersAndDigits, 20),
			BaseURL: base, NewKey: dir.NewKey,
		},
		store: store,
	}
}

// printSecrets prints the secrets, once. It is the last step of the transaction
// that creates the administrator, so that a program that is killed never leaves an
// administrator whose secrets were not printed.
func (a *initialAdmin) printSecrets() error {
	if a.printed {
		return nil
	}
	a.printed = true
	text := fmt.Sprintf("The store %s is empty. An administrator is created.\nThese secrets are printed only once:\n\n", a.store)
	line := func(name, value string) { text += fmt.Sprintf("  %-24s  %s\n", name, value) }
	line("user name", a.Username)
	line("password", a.Password)
	for _, access := range a.access {
		for _, s := range access.Secrets {
			line(s.Name, s.Value)
		}
	}
	text += "\nThe password is the user's, in every dialect. An account of Syncano is not a user: its password\n" +
		"does not change with the user's, nor the other way round.\n"
	return a.print(text + "\n")
}

// printExamples prints a command for each dialect.
func (a *initialAdmin) printExamples() error {
	text := "Try it, once with each API:\n\n"
	for _, access := range a.access {
		command := access.Curl
		if options, ok := strings.CutPrefix(command, "curl "); ok && a.ca != "" {
			command = fmt.Sprintf("curl --cacert '%s' %s", a.ca, options)
		}
		text += "  " + command + "\n"
	}
	return a.print(text + "\n")
}

// printRevoked takes back printed secrets: another process came first.
func (a *initialAdmin) printRevoked() error {
	if !a.printed {
		return nil
	}
	return a.print("These secrets are void: another process has created an administrator.\n\n")
}

func (a *initialAdmin) print(text string) error {
	if _, err := io.WriteString(a.out, text); err != nil {
		return exitError{exitFailed, fmt.Errorf("cannot print the administrator's secrets: %w", err)}
	}
	return nil
}

// baseURL returns the URL of a listener as seen from this machine.
func baseURL(scheme string, addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if ip, parseErr := netip.ParseAddr(host); err != nil || parseErr != nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
