package gateway

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

// seeding applies a seed in one transaction, so that a program that is stopped
// leaves all of it or nothing.
type seeding struct {
	*Seed
	directory *core.Directory
	hashes    []string // of the users
	sections  []preparedSection
	path      string // of the entry being applied
}

// preparedSection is a dialect's part of a seed.
type preparedSection struct {
	name  string
	apply func(*core.Tx) error
}

// seedAttempts is how often a seed is tried again when another process, started
// at the same time, creates the same entries.
const seedAttempts = 3

// ApplySeed applies the entries that were not applied before, in one transaction. It
// fails with [ErrNotEmpty] for the first administrator's seed if there are users.
func (g *Gateway) ApplySeed(ctx context.Context, f *Seed) error {
	s := &seeding{Seed: f, directory: g.directory}
	err := s.prepare(ctx, g.dialects)
	if err == nil {
		err = s.run(ctx)
	}
	if err == nil || errors.Is(err, ErrNotEmpty) {
		return err
	}
	return f.applyError(s.path, err)
}

func (s *seeding) run(ctx context.Context) (err error) {
	for range seedAttempts {
		err = s.directory.Update(ctx, core.Operator(), s.apply)
		if core.KindOf(err) != core.Conflict {
			break
		}
	}
	return err
}

// prepare hashes passwords, which must not happen while other writers wait.
func (s *seeding) prepare(ctx context.Context, all []mounted) (err error) {
	s.hashes = make([]string, len(s.users))
	for i := range s.users {
		s.path = fmt.Sprintf("$.users[%d]", i)
		if s.hashes[i], err = s.hash(ctx, &s.users[i]); err != nil {
			return err
		}
	}
	for _, d := range all {
		s.path = "$." + d.Name()
		apply, err := d.prepareSeed(ctx, s.Seed.sections[d.Name()])
		if err != nil {
			return err
		}
		s.sections = append(s.sections, preparedSection{d.Name(), apply})
	}
	return nil
}

// apply adds users first, since the dialects' sections name them.
func (s *seeding) apply(tx *core.Tx) error {
	if err := ensureEmpty(tx, s.empty); err != nil {
		return err
	}
	added, err := s.addUsers(tx)
	if err != nil {
		return err
	}
	for _, section := range s.sections {
		s.path = "$." + section.name
		if err := section.apply(tx); err != nil {
			return err
		}
	}
	if err := s.joinUsers(tx, added); err != nil || s.last == nil {
		return err
	}
	return s.last()
}

// addUsers adds the users, and returns by their index those who were not there and are
// to be in groups. It fails with all errors that are of the users.
func (s *seeding) addUsers(tx *core.Tx) (added map[int]*core.User, err error) {
	added = map[int]*core.User{}
	var found []seedFault
	for i := range s.users {
		if i%usersAtOnce == 0 {
			if err := s.expect(tx, i); err != nil {
				return nil, err
			}
		}
		u := s.users[i].CoreUser(core.MainRealm)
		u.Password, u.Revision = s.hashes[i], 0
		switch err := tx.SeedUser(u); {
		case core.KindOf(err) == core.Invalid:
			found = append(found, seedFault{s.users[i].lineOf(faultyField(err)), err.Error()})
		case err != nil:
			s.path = fmt.Sprintf("$.users[%d]", i)
			return nil, err
		case u.Revision > 0 && len(s.users[i].Groups) > 0:
			added[i] = u
		}
	}
	if len(found) > 0 {
		return nil, &Error{BadSeed, s.faults(found)}
	}
	return added, nil
}

// expect announces the next users.
func (s *seeding) expect(tx *core.Tx, first int) error {
	var users []*core.User
	for i := first; i < min(first+usersAtOnce, len(s.users)); i++ {
		users = append(users, s.users[i].CoreUser(core.MainRealm))
	}
	return tx.PrepareImport(users, nil)
}

// faultyField is the field of a seed that the error is about.
func faultyField(err error) string {
	e := core.AsError(err)
	if e == nil || len(e.Faults) == 0 {
		return ""
	}
	if e.Faults[0].Field == core.FieldPassword {
		return "password_hash"
	}
	return string(e.Faults[0].Field)
}

// joinUsers makes new users members of their groups, which the sections may have made.
func (s *seeding) joinUsers(tx *core.Tx, added map[int]*core.User) error {
	var found []seedFault
	for _, i := range slices.Sorted(maps.Keys(added)) {
		for kind, names := range s.users[i].Groups {
			for _, name := range names {
				g, err := archive.FindGroup(tx, added[i].Realm, kind, name)
				if _, ok := errors.AsType[archive.Refusal](err); ok {
					found = append(found, seedFault{s.users[i].lineOf("groups." + kind), err.Error()})
					continue
				}
				if err == nil {
					_, err = tx.Join(added[i], g)
				}
				if err != nil {
					return err
				}
			}
		}
	}
	if len(found) > 0 {
		return &Error{BadSeed, s.faults(found)}
	}
	return nil
}

// hash encodes the user's password, unless the user exists or was seeded before.
func (s *seeding) hash(ctx context.Context, u *seedUser) (encoded string, err error) {
	if u.password == "" {
		return u.PasswordHash, nil
	}
	unneeded := false
	err = s.directory.View(ctx, func(tx *core.Tx) error {
		unneeded, err = userSeededOrThere(tx, u)
		return err
	})
	if err != nil || unneeded {
		return "", err
	}
	return s.directory.HashPassword(ctx, u.password)
}

func userSeededOrThere(tx *core.Tx, u *seedUser) (bool, error) {
	seeded, err := tx.UserSeeded(u.Realm, u.Username)
	if seeded || err != nil {
		return seeded, err
	}
	_, err = tx.UserIncludingDeleted(core.ByUsername(u.Realm, u.Username))
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// applyError is an error in the seed if a rule was broken, and else in the store,
// also if that is busy.
func (f *Seed) applyError(path string, err error) error {
	var coded *Error
	if errors.As(err, &coded) {
		return coded
	}
	failed, namesEntry := core.AsError(err), entryPrefix.MatchString(err.Error())
	if failed == nil && !namesEntry || failed != nil && (failed.Kind == core.Internal || failed.Kind == core.Busy) {
		return &Error{BadStore, fmt.Errorf("cannot write to the store: %w", err)}
	}
	if core.KindOf(err) == core.Forbidden {
		err = fmt.Errorf(`%w: give a right to such a user with "dragoman admin grant"`, err)
	}
	return &Error{BadSeed, f.entryError(path, err)}
}

// The path of an entry of a seed, alone and at the start of an error.
var (
	entryPath   = regexp.MustCompile(`^[a-z]+(\[\d+\])?(\.[a-z_]+(\[\d+\])?)+$`)
	entryPrefix = regexp.MustCompile(`^[a-z]+(\[\d+\])?(\.[a-z_]+(\[\d+\])?)+: `)
)
