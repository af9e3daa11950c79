package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// first is the administrator of an empty store, with random secrets that are
// shown once and kept nowhere but in the store.
type first struct {
	base, store                            string
	realms                                 []core.Realm
	password, accountKey, apiKey, onappKey string

	out   io.Writer
	shown bool
}

// The first administrator, in every dialect.
const (
	adminName  = "admin"
	adminEmail = "admin@example.com"
)

const (
	hexDigits = "0123456789abcdef"
	// lettersAndDigits leaves out what is taken for something else when read aloud or typed.
	lettersAndDigits = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
)

// newFirst draws the secrets. The last digit of a Syncano key tells its kind: even
// for an account's, odd for an instance's.
func newFirst(dir *core.Directory, realms []core.Realm, base, store string) *first {
	return &first{
		realms:     realms,
		base:       base,
		store:      store,
		password:   dir.NewKey(lettersAndDigits, 20),
		accountKey: dir.NewKey(hexDigits, 39) + dir.NewKey("02468ace", 1),
		apiKey:     dir.NewKey(hexDigits, 39) + dir.NewKey("13579bdf", 1),
		onappKey:   dir.NewKey(hexDigits, 40),
	}
}

// seed is the administrator in the form of a seed file, so that there is one way
// only of making one.
func (f *first) seed() string {
	var realms, users strings.Builder
	for _, realm := range f.realms {
		fmt.Fprintf(&realms, "  - {name: %q}\n", realm)
		fmt.Fprintf(&users, "  - {realm: %q, username: %s, email: %s, password: %q}\n", realm, adminName, adminEmail, f.password)
	}
	return fmt.Sprintf(`
realms:
%[8]s
users:
%[6]s
syncano:
  accounts:
    - {email: %[7]s, password: %[2]q, account_key: %[3]q}
  instances:
    - name: main
      owner: %[7]s
      api_keys:
        - {key: %[4]q, description: first, ignore_acl: true, allow_user_create: true, allow_group_create: true}
econtext:
  members: [%[1]s]
onapp:
  administrators:
    - {username: %[1]s, api_key: %[5]q}
`, adminName, f.password, f.accountKey, f.apiKey, f.onappKey, users.String(), adminEmail, realms.String())
}

// show prints the secrets, once. It is the last step of the transaction that
// makes the administrator, so that whatever ends the program in between, nobody
// is left in the store whose secrets were never seen; two processes that start
// at once take turns there, and the second finds that it has nothing to show.
func (f *first) show() error {
	if f.shown {
		return nil
	}
	f.shown = true
	return f.print(`The store %[1]s is empty and gets an administrator.
These secrets are shown this once:

  user name            %[2]s
  password             %[3]s
  Syncano API key      %[4]s
  Syncano account key  %[5]s
  OnApp API key        %[6]s

`, f.store, adminName, f.password, f.apiKey, f.accountKey, f.onappKey)
}

// invite shows that the secrets work.
func (f *first) invite() error {
	return f.print(`Try it, once with each API:

  curl -H 'X-API-KEY: %[3]s' %[4]s/v1.1/instances/main/users/
  curl -u '%[1]s:%[2]s' %[4]s/api/users
  curl -u '%[1]s:%[2]s' '%[4]s/users.json?short'

`, adminName, f.password, f.apiKey, f.base)
}

// retract takes back what was shown, if it was: another process came first.
func (f *first) retract() error {
	if !f.shown {
		return nil
	}
	return f.print("These secrets are void: another process has made an administrator.\n\n")
}

func (f *first) print(format string, args ...any) error {
	if _, err := fmt.Fprintf(f.out, format, args...); err != nil {
		return exitError{exitFailed, fmt.Errorf("cannot show the administrator's secrets: %w", err)}
	}
	return nil
}

// baseURL is how to reach a listener from this machine.
func baseURL(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if ip, parseErr := netip.ParseAddr(host); err != nil || parseErr != nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
