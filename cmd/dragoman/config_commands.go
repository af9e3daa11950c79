package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

type configCmd struct {
	Show  configShowCmd  `cmd:"" help:"Print the settings in force and where each comes from."`
	Check configCheckCmd `cmd:"" help:"Check the settings, the seed and the certificates, without serving."`

	root configRoot
}

// configRoot is what the settings of serve are read from again.
type configRoot struct {
	env    []string
	rows   []*gateway.Row
	config *string // the value of --config
}

type configShowCmd struct {
	JSON  bool     `help:"Print the result as JSON."`
	Flags []string `arg:"" optional:"" passthrough:"" help:"Flags of serve, to see what they change."`

	*configRoot `kong:"-"`
}

type configCheckCmd struct {
	Flags []string `arg:"" optional:"" passthrough:"" help:"Flags of serve, to check them too."`

	*configRoot `kong:"-"`
}

// parse reads the settings as serve would, with these flags.
func (r *configRoot) parse(std streams, flags []string) (*kong.Context, *serveCmd, *settings, error) {
	parser, err := newParser(r.env, std, r.rows, "serve")
	if err != nil {
		return nil, nil, nil, err
	}
	args := []string{"serve"}
	if *r.config != "" {
		args = append(args, "--config", *r.config)
	}
	if len(flags) > 0 && flags[0] == "--" {
		flags = flags[1:]
	}
	set := newSettings(r.env)
	ctx, err := parser.Parse(append(args, flags...))
	if err != nil {
		return nil, nil, nil, usageError(err)
	}
	if err := set.readFile(ctx); err != nil {
		return nil, nil, nil, exitError{exitUsage, err}
	}
	return ctx, &parser.Model.Target.Addr().Interface().(*cli).Serve, set, nil
}

// setting is one setting in force.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
}

// Run prints the settings.
func (c *configShowCmd) Run(std streams) error {
	ctx, _, set, err := c.parse(std, c.Flags)
	if err != nil {
		return err
	}
	given := map[string]bool{}
	for _, p := range ctx.Path {
		if p.Flag != nil && !p.Resolved {
			given[p.Flag.Name] = true
		}
	}
	list := []setting{}
	for _, f := range ctx.Flags() {
		if f.Name == "help" || f.Name == "version" || f.Name == "config" {
			continue
		}
		list = append(list, setting{f.Name, maskedValue(f), set.origin(f, given[f.Name])})
	}
	if c.JSON {
		text, err := json.MarshalIndent(list, "", "  ")
		if err == nil {
			_, err = fmt.Fprintf(std.out, "%s\n", text)
		}
		return err
	}
	for _, s := range list {
		if _, err := fmt.Fprintf(std.out, "%-28s %s  (%s)\n", s.Name, s.Value, s.From); err != nil {
			return err
		}
	}
	return nil
}

// origin says where a flag's value comes from.
func (s *settings) origin(f *kong.Flag, given bool) string {
	if given {
		return "command line"
	}
	if _, ok := s.env[envName(f.Name)]; ok {
		return envName(f.Name)
	}
	if v, ok := s.file[f.Name]; ok {
		return fmt.Sprintf("settings file, line %d", v.line)
	}
	return "default"
}

// maskedValue is the value of a flag without passwords.
func maskedValue(f *kong.Flag) string {
	text := fmt.Sprint(f.Target.Interface())
	switch {
	case f.Name == "sandbox-control" && text != "":
		return "***"
	case strings.Contains(text, "://"):
		return redactDSN(text)
	case text == "":
		return "-"
	}
	return text
}

// Run checks what serve checks before it writes anything. The store itself is not opened.
func (c *configCheckCmd) Run(ctx context.Context, std streams) error {
	_, serve, _, err := c.parse(std, c.Flags)
	if err != nil {
		return err
	}
	s := &server{cmd: serve, log: serve.Log.open(std)}
	defer s.log.out.Close()
	if s.seed, err = serve.readSeed(); err != nil {
		return err
	}
	if err := serve.checkPlaces(); err != nil {
		return exitError{exitUsage, err}
	}
	if _, err := serve.controlToken(); err != nil {
		return err
	}
	if err := s.openCertificates(); err != nil {
		return err
	}
	cfg := s.config()
	cfg.DSN, cfg.SealKeyFile = "sqlite::memory:", ""
	g, err := openGateway(ctx, cfg)
	if err != nil {
		return err
	}
	if err := g.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, "the settings are right")
	return err
}
