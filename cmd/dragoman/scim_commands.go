package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
	scimup "github.com/dragoman-gateway/dragoman/dialects/scim/upstream"
)

type scimCmd struct {
	Push scimPushCmd `cmd:"" help:"Send a realm's users and groups to a SCIM server. The store may be in use."`
}

type scimPushCmd struct {
	storeOption `embed:""`
	To          string     `required:"" help:"Base URL of the server's SCIM API, such as https://idp.example.com/scim/v2." placeholder:"URL"`
	TokenFile   string     `required:"" help:"File with the server's bearer token." placeholder:"FILE" type:"path"`
	Realm       core.Realm `default:"main" help:"Realm whose users and groups are sent."`
	State       string     `help:"Remember in this file what was sent: only changes are sent again, and users who are gone are deactivated." placeholder:"FILE" type:"path"`
	DryRun      bool       `help:"Change nothing at the server, and report what would be done."`
	Delete      bool       `help:"Delete what is gone, instead of deactivating users and leaving groups. Needs --state."`
	MaxGone     int        `default:"100" help:"Users who may be gone at once; if there are more, the store may be the wrong one, and nothing of them is changed."`
	Rate        float64    `default:"20" help:"Requests per second to the server; 0: no bound."`
	CAFile      string     `name:"ca-file" help:"Certificates that sign that of the server, in PEM; default: the system's." placeholder:"FILE" type:"path"`
	Report      string     `help:"Write a JSON line for each user and group to this file." placeholder:"FILE" type:"path"`
}

// Run sends the users, then the groups.
func (c *scimPushCmd) Run(ctx context.Context, std streams) error {
	if c.Delete && c.State == "" {
		return exitError{exitUsage, errors.New("--delete needs --state: without it, what is gone is not known")}
	}
	token, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return exitError{exitUsage, err}
	}
	cfg := scimup.Config{Token: strings.TrimSpace(string(token)), Realm: c.Realm}
	cfg.Server.URL, cfg.Server.CAFile, cfg.Server.Rate = c.To, c.CAFile, c.Rate
	if c.Rate <= 0 {
		cfg.Server.Rate = -1
	}
	server, err := scimup.New(cfg)
	if err != nil {
		return exitError{exitUsage, err}
	}
	dir, done, err := openCopy(ctx, c.storeOption, presence.Move{What: "push", Source: c.To})
	if err != nil {
		return err
	}
	defer done()
	report, finish, err := c.report(std)
	if err != nil {
		return exitError{exitUsage, err}
	}
	summary, err := server.Push(ctx, scimup.PushOptions{
		Directory: dir, Dialect: scim.New(scim.Config{Directory: dir}),
		State: c.State, DryRun: c.DryRun, Delete: c.Delete, MaxGone: c.MaxGone, Report: report,
	})
	c.say(std, server.Host(), summary)
	switch err = errors.Join(err, finish()); {
	case errors.Is(err, context.Canceled):
		return exitError{exitFailed, errors.New("interrupted; the same command goes on")}
	case err != nil:
		return exitError{exitFailed, fmt.Errorf("cannot push to %s: %w", server.Host(), err)}
	case summary[scimup.Refused] > 0:
		return exitError{exitFailed, fmt.Errorf("%d users or groups were refused", summary[scimup.Refused])}
	}
	return nil
}

// report returns the function that says what became of each object.
func (c *scimPushCmd) report(std streams) (report func(scimup.Outcome) error, finish func() error, err error) {
	var file *os.File
	if c.Report != "" {
		if file, err = os.OpenFile(c.Report, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err != nil {
			return nil, nil, err
		}
	}
	report = func(o scimup.Outcome) error {
		if o.Verdict == scimup.Refused {
			_, _ = fmt.Fprintf(std.err, "%s %s: refused: %s\n", o.Type, o.Name, o.Reason)
		}
		if file == nil {
			return nil
		}
		return json.NewEncoder(file).Encode(o)
	}
	finish = func() error {
		if file == nil {
			return nil
		}
		return file.Close()
	}
	return report, finish, nil
}

func (c *scimPushCmd) say(std streams, host string, summary scimup.Summary) {
	var counts []string
	for _, v := range scimup.Verdicts() {
		counts = append(counts, fmt.Sprintf("%d %s", summary[v], v))
	}
	would := ""
	if c.DryRun {
		would = "would be: "
	}
	_, _ = fmt.Fprintf(std.err, "%s: %s%s\n", host, would, strings.Join(counts, ", "))
	if summary[scimup.Created] > 0 {
		_, _ = fmt.Fprintln(std.err, "SCIM carries no password hashes: the users whom the server did not have need new passwords there")
	}
}
