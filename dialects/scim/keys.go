package scim

import (
	"context"
	"errors"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// The rights of a token.
const (
	rightWrite     = "write"
	rightAllGroups = "all_groups"
)

// KeyForm says what PrepareKey needs.
func (d *Dialect) KeyForm() dialects.KeyForm {
	return dialects.KeyForm{Owner: "Name of the connection", Realm: true, Rights: []string{rightWrite, rightAllGroups}}
}

// PrepareKey returns the function that makes a token of the connection that the request
// calls the owner.
func (d *Dialect) PrepareKey(_ context.Context, req dialects.KeyRequest) (add func(*core.Tx) (dialects.NewKey, error), err error) {
	realm := core.Realm(req.Realm)
	if req.Owner == "" || realm == "" || realm.Reserved() {
		return nil, errors.New("a token needs a name, and a realm without a colon")
	}
	t := Token{Name: req.Owner, Realm: realm}
	for _, right := range req.Rights {
		switch right {
		case rightWrite:
			t.Write = true
		case rightAllGroups:
			t.AllGroups = true
		default:
			return nil, fmt.Errorf("unknown right %q: a token may have %s and %s", right, rightWrite, rightAllGroups)
		}
	}
	text := NewToken(d.dir)
	t.Digest = Digest(text)
	return func(tx *core.Tx) (dialects.NewKey, error) {
		return dialects.NewKey{ID: t.ID(), Secret: text}, AddToken(tx, t)
	}, nil
}

// Keys lists tokens of all realms.
func (d *Dialect) Keys(tx *core.Tx, q dialects.KeyQuery) ([]dialects.Key, error) {
	tokens, err := Tokens(tx)
	if err != nil {
		return nil, err
	}
	keys := make([]dialects.Key, 0, len(tokens))
	for _, t := range tokens {
		if (q.Owner == "" || q.Owner == t.Name) && (q.Limit == 0 || len(keys) < q.Limit) {
			keys = append(keys, t.key())
		}
	}
	return keys, nil
}

func (t Token) key() dialects.Key {
	k := dialects.Key{ID: t.ID(), Dialect: Name, Realm: string(t.Realm), Owner: t.Name, Rights: []string{}, CreatedAt: t.CreatedAt}
	if t.Write {
		k.Rights = append(k.Rights, rightWrite)
	}
	if t.AllGroups {
		k.Rights = append(k.Rights, rightAllGroups)
	}
	return k
}

// RevokeKey removes a token and returns it. It fails with NotFound if there is none.
func (d *Dialect) RevokeKey(tx *core.Tx, id string) (dialects.Key, error) {
	t, err := RevokeToken(tx, id)
	return t.key(), err
}
