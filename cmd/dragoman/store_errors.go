package main

import (
	"errors"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/store"
)

// storeExit returns the exit code for a store that cannot be opened.
func storeExit(err error) int {
	if errors.Is(err, store.ErrNewer) {
		return exitNewer
	}
	return exitStore
}

// redactDSN returns the DSN without its password.
func redactDSN(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "(an invalid DSN)"
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

// redactError returns the text of err without the DSN's password.
func redactError(err error, dsn string) string {
	text := strings.ReplaceAll(err.Error(), dsn, redactDSN(dsn))
	u, parseErr := url.Parse(dsn)
	if parseErr != nil {
		return text
	}
	for _, secret := range passwordsIn(u) {
		text = strings.ReplaceAll(text, secret, "xxxxx")
	}
	return text
}

func passwordsIn(u *url.URL) (all []string) {
	if password, ok := u.User.Password(); ok && password != "" {
		all = append(all, password, url.QueryEscape(password))
	}
	if password := u.Query().Get("password"); password != "" {
		all = append(all, password, url.QueryEscape(password))
	}
	return all
}
