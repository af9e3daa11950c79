package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/alecthomas/kong"
)

// settings resolves flags that the command line does not set: from the
// environment first, then from the settings file. The environment is an argument
// of run and not the process's, so that tests can run in parallel.
type settings struct {
	env  map[string]string
	file settingsFile
	read bool
}

func newSettings(env []string) *settings {
	s := &settings{env: map[string]string{}}
	for _, entry := range env {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, envPrefix) {
			s.env[name] = value
		}
	}
	return s
}

// serviceVariable matches what Kubernetes tells every pod of a service called dragoman.
var serviceVariable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^DRAGOMAN_(SERVICE_(HOST|PORT(_.+)?)|PORT(_[0-9]+_(TCP|UDP|SCTP)(_.+)?)?)$`)
})

// Validate implements kong.Resolver: a variable that stands for no flag is a mistake,
// which would otherwise be ignored silently.
func (s *settings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for name := range flagNames(app.Node) {
		known[envName(name)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		if !known[name] && !serviceVariable().MatchString(name) {
			return settingsError{fmt.Errorf("the environment variable %s stands for no flag", name)}
		}
	}
	return nil
}

// Resolve implements kong.Resolver.
func (s *settings) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name == "help" || flag.Name == "version" {
		return nil, nil
	}
	if err := s.readFile(ctx); err != nil {
		return nil, settingsError{err}
	}
	if value, ok := s.env[envName(flag.Name)]; ok {
		return value, nil
	}
	if value, ok := s.file[flag.Name]; ok {
		return value.text, nil
	}
	return nil, nil
}

// readFile reads the settings file once, if there is one.
func (s *settings) readFile(ctx *kong.Context) error {
	if s.read {
		return nil
	}
	s.read = true
	path, ok := configPath(ctx)
	if !ok {
		path = s.env[envName("config")]
	}
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	s.file, err = parseSettings(path, text)
	if err != nil {
		return err
	}
	return s.file.check(path, flagNames(ctx.Model.Node))
}

// configPath returns the value of --config on the command line.
func configPath(ctx *kong.Context) (path string, given bool) {
	for _, p := range ctx.Path {
		if p.Flag != nil && p.Flag.Name == "config" {
			path, given = ctx.FlagValue(p.Flag).(string)
		}
	}
	return path, given
}

// flagNames returns the flags of a command and of its subcommands.
func flagNames(n *kong.Node) map[string]bool {
	names := map[string]bool{}
	for _, f := range n.Flags {
		names[f.Name] = true
	}
	for _, child := range n.Children {
		for name := range flagNames(child) {
			names[name] = true
		}
	}
	return names
}

// settingsFile maps flag names to values.
type settingsFile map[string]fileValue

type fileValue struct {
	text string
	line int
}

// check refuses unknown keys, which would otherwise be ignored silently.
func (f settingsFile) check(path string, known map[string]bool) error {
	for name, value := range f {
		if !known[name] || name == "help" || name == "config" || name == "version" {
			return fmt.Errorf("%s:%d: there is no setting %q", path, value.line, name)
		}
	}
	return nil
}

// settingsError is an error in the settings file, and not in a flag.
type settingsError struct{ error }
