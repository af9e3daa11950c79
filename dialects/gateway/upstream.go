package gateway

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	econtextup "github.com/dragoman-gateway/dragoman/dialects/econtext/upstream"
	onappup "github.com/dragoman-gateway/dragoman/dialects/onapp/upstream"
	scimup "github.com/dragoman-gateway/dragoman/dialects/scim/upstream"
	syncanoup "github.com/dragoman-gateway/dragoman/dialects/syncano/upstream"
)

// Upstream is a live server of a vendor to be read.
type Upstream struct {
	// URL is its scheme and host.
	URL string
	// Login and Secret are the credentials for its API; Syncano has no login.
	Login, Secret string
	// Instance is the name of a Syncano instance; no other vendor has any.
	Instance string
	// CAFile has the certificates that sign the server's; "" trusts the system's.
	CAFile string
	// Rate bounds the requests a second, and Concurrency those at once.
	Rate        float64
	Concurrency int
	// Tries is how often a request is sent at most; 0 is 5.
	Tries int
	// MaxBody bounds an answer, in bytes; 0 is 64 MiB.
	MaxBody int64
	// Realm is where users go; [core.MainRealm] by default.
	Realm core.Realm
	// WithoutFiles leaves out the files that the vendor shows.
	WithoutFiles bool
	// Called is called for each request; nil is nothing.
	Called func()
}

func openSyncano(u Upstream) (archive.Live, error) {
	cfg := syncanoup.Config{Instance: u.Instance, AccountKey: u.Secret, Realm: u.Realm, WithoutFiles: u.WithoutFiles}
	cfg.Server.URL, cfg.Server.CAFile, cfg.Server.Called = u.URL, u.CAFile, u.Called
	cfg.Server.Rate, cfg.Server.Concurrency = u.Rate, u.Concurrency
	cfg.Server.Tries, cfg.Server.MaxBody = u.Tries, u.MaxBody
	return syncanoup.New(cfg)
}

func openEContext(u Upstream) (archive.Live, error) {
	cfg := econtextup.Config{Login: u.Login, Secret: u.Secret, Realm: u.Realm}
	cfg.Server.URL, cfg.Server.CAFile, cfg.Server.Called = u.URL, u.CAFile, u.Called
	cfg.Server.Rate, cfg.Server.Concurrency = u.Rate, u.Concurrency
	cfg.Server.Tries, cfg.Server.MaxBody = u.Tries, u.MaxBody
	return econtextup.New(cfg)
}

func openOnApp(u Upstream) (archive.Live, error) {
	cfg := onappup.Config{Login: u.Login, Secret: u.Secret, Realm: u.Realm, Parallel: u.Concurrency}
	cfg.Server.URL, cfg.Server.CAFile, cfg.Server.Called = u.URL, u.CAFile, u.Called
	cfg.Server.Rate, cfg.Server.Concurrency = u.Rate, u.Concurrency
	cfg.Server.Tries, cfg.Server.MaxBody = u.Tries, u.MaxBody
	return onappup.New(cfg)
}

func openSCIM(u Upstream) (archive.Live, error) {
	cfg := scimup.Config{Token: u.Secret, Realm: u.Realm}
	cfg.Server.URL, cfg.Server.CAFile, cfg.Server.Called = u.URL, u.CAFile, u.Called
	cfg.Server.Rate, cfg.Server.Concurrency = u.Rate, u.Concurrency
	server, err := scimup.New(cfg)
	if err != nil {
		return nil, err
	}
	return server.Reader(), nil
}
