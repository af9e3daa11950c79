package gateway

import (
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// Table returns the table of dialects, in the order in which they are asked
// whether they own a path. The last one serves the paths that none owns. The
// settings in it have no values yet.
func Table() []*Row {
	return []*Row{
		NewRow(RowSpec[syncano.Settings, syncano.Seed]{
			Name: syncano.Name, Title: "Syncano", Owns: new(syncano.Dialect).Owns,
			Open: func(set syncano.Settings, s *Shared) (Seeder[syncano.Seed], error) {
				cfg, err := set.Config()
				if err != nil {
					return nil, &Error{BadSettings, err}
				}
				cfg.Directory, cfg.Limiters, cfg.Log = s.Directory, s.Limiters, s.Log
				cfg.MaxBody, cfg.Body.Depth = s.MaxBody, s.MaxDepth
				cfg.FilesDir, cfg.MaxFiles = filesDir(set.Files, s.DSN), s.MaxBody
				return syncano.New(cfg), nil
			},
			Secrets:     syncano.SecretKinds(),
			FirstAccess: syncano.FirstAccess,
			Upstream:    openSyncano,
			Files: func(set syncano.Settings, dsn, folder string) archive.Files {
				if folder == "" {
					folder = set.Files
				}
				return syncano.Files(filesDir(folder, dsn), set.MaxFileBytes)
			},
		}),
		NewRow(RowSpec[econtext.Settings, econtext.Seed]{
			Name: econtext.Name, Title: "eContext Auth", Owns: new(econtext.Dialect).Owns,
			Open: func(set econtext.Settings, s *Shared) (Seeder[econtext.Seed], error) {
				cfg := set.Config()
				cfg.Directory, cfg.Limiters = s.Directory, s.Limiters
				cfg.MaxBody, cfg.MaxDepth = s.MaxBody, s.MaxDepth
				cfg.StoreName = storeName(s.DSN)
				return econtext.New(cfg), nil
			},
			Secrets:     econtext.SecretKinds(),
			Realm:       econtext.Settings.ShownRealm,
			CheckSeed:   econtext.Settings.CheckSeed,
			FirstAccess: econtext.FirstAccess,
			Upstream:    openEContext,
		}),
		NewRow(RowSpec[scim.Settings, scim.Seed]{
			Name: scim.Name, Title: "SCIM", Owns: new(scim.Dialect).Owns,
			Open: func(set scim.Settings, s *Shared) (Seeder[scim.Seed], error) {
				cfg, err := set.Config()
				if err != nil {
					return nil, &Error{BadSettings, fmt.Errorf("settings of SCIM: %w", err)}
				}
				cfg.Directory, cfg.Limiters = s.Directory, s.Limiters
				cfg.MaxBody, cfg.MaxDepth = s.MaxBody, s.MaxDepth
				return scim.New(cfg), nil
			},
			FirstAccess: scim.FirstAccess,
			Upstream:    openSCIM,
		}),
		NewRow(RowSpec[onapp.Settings, onapp.Seed]{
			Name: "onapp", Title: "OnApp",
			Open: func(set onapp.Settings, s *Shared) (Seeder[onapp.Seed], error) {
				cfg := set.Config()
				cfg.Directory, cfg.Limiters = s.Directory, s.Limiters
				cfg.MaxBody, cfg.Limits.Depth = s.MaxBody, s.MaxDepth
				cfg.SessionRandom = s.Rand
				if err := cfg.Check(); err != nil {
					return nil, &Error{BadSettings, fmt.Errorf("settings of %w", err)}
				}
				return onapp.New(cfg), nil
			},
			Realm:       onapp.Settings.ShownRealm,
			CheckSeed:   onapp.Settings.CheckSeed,
			FirstAccess: onapp.FirstAccess,
			Upstream:    openOnApp,
		}),
	}
}

// SecretKinds returns the secret kinds of all dialects, of those too that are not
// served: a store keeps what they have left in it.
func SecretKinds() (kinds []core.SecretKind) {
	for _, r := range Table() {
		kinds = append(kinds, r.secrets...)
	}
	return kinds
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
