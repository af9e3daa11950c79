package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// planting is a seed on its way into the store: all of it in one transaction,
// so that whoever stops the program in between finds all or nothing.
type planting struct {
	*seedFile
	directory *core.Directory
	hashes    []string // of the users
	sections  []section
	at        string // the entry to blame if it fails
}

// section is a dialect's part of a seed.
type section struct {
	name  string
	plant func(*core.Tx) error
}

// plantAttempts is how often a seed is planted when another process, started at
// the same time, makes the same things.
const plantAttempts = 3

// plant adds what is not there.
func (g *gateway) plant(ctx context.Context, f *seedFile) error {
	p := &planting{seedFile: f, directory: g.services.directory}
	err := p.prepare(ctx, g.fronts)
	if err == nil {
		err = p.run(ctx)
	}
	if err == nil || errors.Is(err, errSomebody) {
		return err
	}
	return f.failed(p.at, err)
}

func (p *planting) run(ctx context.Context) (err error) {
	for range plantAttempts {
		err = p.directory.Update(ctx, p.fill)
		if core.KindOf(err) != core.Conflict {
			break
		}
	}
	return err
}

// prepare does what takes long, and must not be done while writers wait.
func (p *planting) prepare(ctx context.Context, fronts []front) (err error) {
	p.hashes = make([]string, len(p.Users))
	for i := range p.Users {
		p.at = fmt.Sprintf("$.users[%d]", i)
		if p.hashes[i], err = p.hash(ctx, &p.Users[i]); err != nil {
			return err
		}
	}
	for _, front := range fronts {
		p.at = "$." + front.Name()
		plant, err := front.prepareSeed(ctx, p.seedFile)
		if err != nil {
			return err
		}
		p.sections = append(p.sections, section{front.Name(), plant})
	}
	return nil
}

// fill adds people first, since the dialects' sections name them.
func (p *planting) fill(tx *core.Tx) error {
	if p.first != nil {
		if err := nobodyIn(tx, p.first.realms); err != nil {
			return err
		}
	}
	for i := range p.Users {
		p.at = fmt.Sprintf("$.users[%d]", i)
		if err := plantUser(tx, &p.Users[i], p.hashes[i]); err != nil {
			return err
		}
	}
	for _, s := range p.sections {
		p.at = "$." + s.name
		if err := s.plant(tx); err != nil {
			return err
		}
	}
	if p.first != nil {
		return p.first.show()
	}
	return nil
}

// hash encodes the user's password, unless the user is there and keeps its own.
func (p *planting) hash(ctx context.Context, s *seedUser) (encoded string, err error) {
	if s.Password == "" {
		return s.PasswordHash, nil
	}
	there := false
	err = p.directory.View(ctx, func(tx *core.Tx) error {
		there, err = has(tx, s)
		return err
	})
	if err != nil || there {
		return "", err
	}
	return p.directory.HashPassword(ctx, s.Password)
}

func plantUser(tx *core.Tx, s *seedUser, encoded string) error {
	if there, err := has(tx, s); err != nil || there {
		return err
	}
	return tx.AddUser(&core.User{
		Realm: s.Realm, Username: s.Username, Email: s.Email, Password: encoded, Enabled: true,
		Name: core.Name{Given: s.GivenName, Family: s.FamilyName},
	})
}

func has(tx *core.Tx, s *seedUser) (bool, error) {
	_, err := tx.User(core.ByUsername(s.Realm, s.Username))
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// failed is a seed's fault if a rule was broken, the store's otherwise. A dialect
// names the entry it means, as in "syncano.instances[0].name: ...".
func (f *seedFile) failed(at string, err error) error {
	var told exitError
	if errors.As(err, &told) {
		return told
	}
	path, why, named := strings.Cut(err.Error(), ": ")
	if named = named && entry.MatchString(path); named {
		return exitError{exitSeed, f.wrong("$."+path, why)}
	}
	if core.AsError(err) == nil || core.KindOf(err) == core.Internal {
		return exitError{exitStore, fmt.Errorf("cannot write to the store: %w", err)}
	}
	return exitError{exitSeed, f.wrong(at, err.Error())}
}

// entry is the path of a value in a seed file.
var entry = regexp.MustCompile(`^[a-z]+(\[\d+\])?(\.[a-z_]+(\[\d+\])?)+$`)
