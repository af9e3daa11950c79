package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// upstreamOptions say how to reach a live vendor, and how gently.
type upstreamOptions struct {
	Login       string  `help:"Name to log in to the vendor with; Syncano and SCIM have none." placeholder:"NAME"`
	Instance    string  `default:"main" help:"Name of the Syncano instance to read." placeholder:"NAME"`
	SecretFile  string  `help:"File with the password or key for the vendor's API, such as the key of a Syncano account, or the token of SCIM." placeholder:"FILE" type:"path" aliases:"token-file"`
	CAFile      string  `name:"ca-file" help:"Certificates that sign that of the vendor's server, in PEM; default: the system's." placeholder:"FILE" type:"path"`
	Rate        float64 `default:"10" help:"Requests per second to the vendor."`
	Concurrency int     `default:"4" help:"Requests to the vendor at once."`
}

// readSecret reads the file with the secret.
func (o upstreamOptions) readSecret() (string, error) {
	if o.SecretFile == "" {
		return "", errors.New("a live vendor needs --secret-file, with the password or key for its API")
	}
	text, err := os.ReadFile(o.SecretFile)
	return strings.TrimSpace(string(text)), err
}

// liveSource is everything that the API of a live vendor shows.
func (c *importCmd) liveSource(row *gateway.Row) (*importSource, error) {
	secret, err := c.Upstream.readSecret()
	if err != nil {
		return nil, exitError{exitUsage, err}
	}
	cfg := gateway.Upstream{
		URL: c.URL, Login: c.Upstream.Login, Secret: secret, Instance: c.Upstream.Instance, CAFile: c.Upstream.CAFile,
		Rate: c.Upstream.Rate, Concurrency: c.Upstream.Concurrency, Realm: core.MainRealm,
		WithoutFiles: c.DryRun || !c.keepsFiles(c.Store),
	}
	if len(c.Realm) > 0 {
		cfg.Realm = c.Realm[0]
	}
	live, err := row.Upstream(cfg)
	if err != nil {
		return nil, exitError{exitUsage, fmt.Errorf("--from %s: %w", row.Name, err)}
	}
	return &importSource{name: row.Name, live: live, head: archiveHead(), close: func() {}}, nil
}

// liveRow returns the row of the dialect that --from names, or nil.
func (c *importCmd) liveRow() *gateway.Row {
	for _, r := range c.rows {
		if r.Name == c.From && r.Upstream != nil {
			return r
		}
	}
	return nil
}

// notShown says what the API of a vendor does not show.
func (r *importRun) notShown(source *importSource) {
	if source.live == nil || r.Progress == "json" {
		return
	}
	_, _ = fmt.Fprintf(r.std.err, "%s: the API does not show:\n", source.name)
	for _, hidden := range source.live.Hidden() {
		_, _ = fmt.Fprintf(r.std.err, "  - %s\n", hidden)
	}
}

// openLive opens a live source for the importer. A dry run, which is one transaction,
// reads everything before it.
func (r *importRun) openLive(read *archive.LiveSource, opts *archive.ImportOptions) (func() (archive.Source, error), error) {
	opts.Completer, opts.Only = read.Live(), nil
	opts.Batch = min(opts.Batch, liveBatch)
	if r.DryRun {
		return archive.Kept(read)
	}
	return func() (archive.Source, error) { return read, nil }, nil
}

// liveBatch is how many rows of a live vendor share a transaction at most: it takes a
// while to read them, and those of a whole batch stay when the reading breaks off.
const liveBatch = 500
