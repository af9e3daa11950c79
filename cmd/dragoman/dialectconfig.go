package main

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

func (c *serveCmd) syncano(s *services) syncano.Config {
	cfg := syncano.Config{
		Directory:        s.directory,
		FilesDir:         c.filesDir(),
		PublicURL:        c.Syncano.PublicURL,
		MaxBody:          c.Limits.MaxBody,
		Limiter:          s.limiter,
		DottedNotFound:   c.Syncano.DottedNotFound,
		OpenRegistration: c.Syncano.OpenRegistration,
		MaxInstances:     c.Syncano.MaxInstances,
		MaxClasses:       c.Syncano.MaxClasses,
		Throttle: syncano.Throttle{
			Anonymous: c.Syncano.ThrottleAnonymous,
			Account:   c.Syncano.ThrottleAccount,
			Instance:  c.Syncano.ThrottleInstance,
		},
	}
	cfg.Body.Depth = c.Limits.MaxDepth
	return cfg
}

func (c *serveCmd) econtext(s *services) econtext.Config {
	return econtext.Config{
		Directory:     s.directory,
		Realm:         core.Realm(c.EContext.Realm),
		ApplicationID: c.EContext.ApplicationID,
		BaseURL:       c.EContext.BaseURL,
		Profile:       econtext.Profile(c.EContext.Profile),
		AdmitDisabled: c.EContext.AdmitDisabled,
		MaxBody:       c.Limits.MaxBody,
		MaxDepth:      c.Limits.MaxDepth,
		SecretCost:    c.EContext.SecretCost,
		StoreName:     storeName(s.dsn),
		Limiter:       s.limiter,
	}
}

// storeName is the word for the store's engine, and nothing else of the DSN:
// whoever asks for the status is told it.
func storeName(dsn string) string {
	if scheme, _, _ := strings.Cut(dsn, ":"); scheme != "postgresql" {
		return scheme
	}
	return "postgres"
}

func (c *serveCmd) onapp(s *services) onapp.Config {
	cfg := onapp.Config{
		Directory:         s.directory,
		Realm:             core.Realm(c.OnApp.Realm),
		Version:           c.OnApp.Version,
		XMLTimeType:       c.OnApp.XMLTimeType,
		AuthenticationKey: c.OnApp.AuthenticationKey,
		LockoutAttempts:   c.OnApp.LockoutAttempts,
		MaxBody:           c.Limits.MaxBody,
		Limiter:           s.limiter,
	}
	cfg.Limits.Depth = c.Limits.MaxDepth
	return cfg
}

// filesDir is where Syncano's uploads go: beside the SQLite file unless said
// otherwise, and nowhere if there is no such file.
func (c *serveCmd) filesDir() string {
	path, isFile := strings.CutPrefix(c.Store, "sqlite:")
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "//"), "?")
	switch {
	case c.Syncano.Files == "none":
		return ""
	case c.Syncano.Files != "":
		return c.Syncano.Files
	case !isFile || path == ":memory:":
		return ""
	}
	return path + "-files"
}
