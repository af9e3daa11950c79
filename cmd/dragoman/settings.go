package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/options"
)

// settings finds the values of flags that the command line does not give: in
// the environment first, then in the configuration file. The environment is the
// one that run was given, not the process's, so that tests can run side by side.
type settings struct {
	env  map[string]string
	file configFile
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

// apply sets the flags of a command that its command line did not set.
func (s *settings) apply(cmd *cobra.Command) (err error) {
	if err := s.readFile(cmd); err != nil {
		return settingsError{err}
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, ok := s.value(f.Name)
		if f.Changed || f.Hidden || !ok || notSettings[f.Name] {
			return
		}
		if setErr := cmd.Flags().Set(f.Name, value); setErr != nil {
			err = errors.Join(err, options.UsageError{Err: setErr})
		}
	})
	return err
}

// notSettings are flags that only a command line can give a meaning.
var notSettings = map[string]bool{"help": true, "config": true}

func (s *settings) value(flag string) (string, bool) {
	if value, ok := s.env[envName(flag)]; ok {
		return value, true
	}
	value, ok := s.file[flag]
	return value.text, ok
}

// readFile reads the configuration file, if there is one.
func (s *settings) readFile(cmd *cobra.Command) error {
	path := s.env[envName("config")]
	if f := cmd.Flags().Lookup("config"); f.Changed {
		path = f.Value.String()
	}
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	s.file, err = parseConfig(path, text)
	if err != nil {
		return err
	}
	return s.file.check(path, flagNames(cmd.Root()))
}

// flagNames are the flags of a command and of those below it.
func flagNames(cmd *cobra.Command) map[string]bool {
	names := map[string]bool{}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { names[f.Name] = !f.Hidden })
	for _, below := range cmd.Commands() {
		for name := range flagNames(below) {
			names[name] = true
		}
	}
	return names
}

// configFile is a configuration file: flag name to value.
type configFile map[string]configValue

type configValue struct {
	text string
	line int
}

// check refuses a key that is no flag's name: it would be ignored in silence.
func (f configFile) check(path string, known map[string]bool) error {
	for name, value := range f {
		if !known[name] || notSettings[name] {
			return fmt.Errorf("%s:%d: there is no setting %q", path, value.line, name)
		}
	}
	return nil
}

// settingsError is a fault of the configuration file: no flag is to blame.
type settingsError struct{ error }
