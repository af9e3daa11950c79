package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/keyring"
)

// keyrings lists the dialects that have keys, or the one of that name.
func (s *Store) keyrings(name string) (found []keyring.Ring, err error) {
	var names []string
	for _, r := range keyring.Of(s.Dialects) {
		if name == "" || name == r.Name() {
			found = append(found, r)
		}
		names = append(names, r.Name())
	}
	if len(found) == 0 {
		return nil, misuse("no keys in %q: use one of %s", name, strings.Join(names, ", "))
	}
	return found, nil
}

// ListKeys lists keys.
type ListKeys struct {
	Dialect string `arg:"" optional:"" help:"List only the keys of this dialect."`
}

// Do lists the keys.
func (o *ListKeys) Do(ctx context.Context, s *Store) (Result, error) {
	rings, err := s.keyrings(o.Dialect)
	if err != nil {
		return Result{}, err
	}
	var all []dialects.Key
	err = s.Directory.View(ctx, func(tx *core.Tx) (err error) {
		all, err = keyring.List(tx, rings, dialects.KeyQuery{})
		return err
	})
	rows := [][]string{}
	for _, k := range all {
		created := "-"
		if !k.CreatedAt.IsZero() {
			created = k.CreatedAt.Format(time.RFC3339)
		}
		rights := cmp.Or(strings.Join(k.Rights, ","), "-")
		rows = append(rows, []string{k.ID, k.Dialect, created, rights, k.Realm, k.Owner, k.Name})
	}
	return Result{Lines: table(rows), Data: all}, err
}

// CreateKey makes a key.
type CreateKey struct {
	Dialect string     `arg:"" help:"scim: a bearer token; econtext, onapp: an API key of a user; syncano: an API key of an instance, or the account key of an account."`
	Owner   string     `arg:"" help:"scim: name of the connection, whose tokens can replace each other; econtext, onapp: user name or address; syncano: name of the instance, or address of the account."`
	Realm   core.Realm `default:"main" help:"Realm whose users a token shows."`
	Name    string     `help:"What to call the key, where keys have names."`
	Right   []string   `help:"Give the key this right. scim: write, all_groups; syncano: ignore_acl, allow_user_create, allow_group_create, allow_anonymous_read."`
	Write   bool       `help:"The same as --right write."`
	Groups  string     `default:"own" enum:"own,all" help:"all: the same as --right all_groups."`
}

// Do makes the key. Its secret is shown this once.
func (o *CreateKey) Do(ctx context.Context, s *Store) (Result, error) {
	rings, err := s.keyrings(o.Dialect)
	if err != nil {
		return Result{}, err
	}
	req := dialects.KeyRequest{Owner: o.Owner, Realm: string(o.Realm), Name: o.Name, Rights: o.Right}
	if o.Write {
		req.Rights = append(req.Rights, "write")
	}
	if o.Groups == "all" {
		req.Rights = append(req.Rights, "all_groups")
	}
	key, err := keyring.Make(ctx, s.update, rings[0], req)
	if wrong := new(keyring.RequestError); errors.As(err, &wrong) {
		return Result{}, misuse("%v", wrong)
	}
	if e := core.AsError(err); e != nil && e.Kind != core.Internal && e.Kind != core.Busy {
		err = fmt.Errorf("%s: %w", o.Owner, err)
	}
	line := key.Secret
	if key.Login != "" {
		line = key.Login + ":" + key.Secret
	}
	return Result{Lines: []string{line}, Data: key}, err
}

// RevokeKey makes a key useless at once.
type RevokeKey struct {
	Dialect string `arg:"" help:"Dialect of the key."`
	ID      string `arg:"" help:"Id of the key, as listed."`
}

// Do revokes the key.
func (o *RevokeKey) Do(ctx context.Context, s *Store) (Result, error) {
	rings, err := s.keyrings(o.Dialect)
	if err != nil {
		return Result{}, err
	}
	key, err := keyring.Revoke(ctx, s.update, rings[0], o.ID)
	if errors.Is(err, core.ErrNotFound) {
		err = refuse("the key %s does not exist", o.ID)
	}
	return Result{Lines: []string{key.Owner + ": revoked"}, Data: key}, err
}
