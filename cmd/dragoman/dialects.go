package main

import (
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// allDialects returns the table of dialects, in the order in which they are asked
// whether they own a path. The last one serves the paths that none owns. The
// settings in it have no values yet.
func allDialects() []*dialectRow {
	return []*dialectRow{
		newRow(rowSpec[syncano.Settings, syncano.Seed]{
			name: syncano.Name, title: "Syncano",
			open: func(set syncano.Settings, s *services) (seeder[syncano.Seed], error) {
				cfg, err := set.Config()
				if err != nil {
					return nil, exitError{exitUsage, err}
				}
				cfg.Directory, cfg.Limiter = s.directory, s.limiter
				cfg.MaxBody, cfg.Body.Depth = s.limits.MaxBody, s.limits.MaxDepth
				cfg.FilesDir, cfg.MaxFiles = filesDir(set.Files, s.dsn), s.limits.MaxBody
				return syncano.New(cfg), nil
			},
			firstAccess: syncano.FirstAccess,
		}),
		newRow(rowSpec[econtext.Settings, econtext.Seed]{
			name: econtext.Name, title: "eContext Auth",
			open: func(set econtext.Settings, s *services) (seeder[econtext.Seed], error) {
				cfg := set.Config()
				cfg.Directory, cfg.Limiter = s.directory, s.limiter
				cfg.MaxBody, cfg.MaxDepth = s.limits.MaxBody, s.limits.MaxDepth
				cfg.StoreName = storeName(s.dsn)
				return econtext.New(cfg), nil
			},
			realm:       econtext.Settings.ShownRealm,
			checkSeed:   econtext.Settings.CheckSeed,
			firstAccess: econtext.FirstAccess,
		}),
		newRow(rowSpec[scim.Settings, scim.Seed]{
			name: scim.Name, title: "SCIM",
			open: func(set scim.Settings, s *services) (seeder[scim.Seed], error) {
				cfg, err := set.Config()
				if err != nil {
					return nil, exitError{exitUsage, fmt.Errorf("settings of SCIM: %w", err)}
				}
				cfg.Directory, cfg.Limiter = s.directory, s.limiter
				cfg.MaxBody, cfg.MaxDepth = s.limits.MaxBody, s.limits.MaxDepth
				return scim.New(cfg), nil
			},
			firstAccess: scim.FirstAccess,
		}),
		newRow(rowSpec[onapp.Settings, onapp.Seed]{
			name: "onapp", title: "OnApp",
			open: func(set onapp.Settings, s *services) (seeder[onapp.Seed], error) {
				cfg := set.Config()
				cfg.Directory, cfg.Limiter = s.directory, s.limiter
				cfg.MaxBody, cfg.Limits.Depth = s.limits.MaxBody, s.limits.MaxDepth
				if err := cfg.Check(); err != nil {
					return nil, exitError{exitUsage, fmt.Errorf("settings of %w", err)}
				}
				return onapp.New(cfg), nil
			},
			realm:       onapp.Settings.ShownRealm,
			checkSeed:   onapp.Settings.CheckSeed,
			firstAccess: onapp.FirstAccess,
		}),
	}
}

// storeName is the name of the store's engine and no other part of the DSN: it is
// shown without authentication.
func storeName(dsn string) string {
	if scheme, _, _ := strings.Cut(dsn, ":"); scheme != "postgresql" {
		return scheme
	}
	return "postgres"
}

// filesDir returns the folder for Syncano's uploads: by default next to the
// SQLite file. "" refuses uploads.
func filesDir(setting, dsn string) string {
	path, isFile := strings.CutPrefix(dsn, "sqlite:")
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "//"), "?")
	switch {
	case setting == "none":
		return ""
	case setting != "":
		return setting
	case !isFile || path == ":memory:":
		return ""
	}
	return path + "-files"
}
