package main

import (
	"errors"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/store"
)

// storeExit is the exit code for a store that cannot be opened.
func storeExit(err error) int {
	if errors.Is(err, store.ErrNewer) {
		return exitNewer
	}
	return exitStore
}

// withoutPassword is the DSN as it may be shown.
func withoutPassword(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "(a DSN that cannot be read)"
	}
	if u.Opaque != "" || u.Scheme == "sqlite" {
		return dsn
	}
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// scrub is the text of err without the DSN's password, be it quoted whole or alone.
func scrub(err error, dsn string) string {
	text := strings.ReplaceAll(err.Error(), dsn, withoutPassword(dsn))
	u, parseErr := url.Parse(dsn)
	if parseErr != nil {
		return text
	}
	for _, secret := range secrets(u) {
		text = strings.ReplaceAll(text, secret, "xxxxx")
	}
	return text
}

func secrets(u *url.URL) (all []string) {
	if password, ok := u.User.Password(); ok && password != "" {
		all = append(all, password, url.QueryEscape(password))
	}
	if password := u.Query().Get("password"); password != "" {
		all = append(all, password, url.QueryEscape(password))
	}
	return all
}
