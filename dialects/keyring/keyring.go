// Package keyring lists, makes and revokes the keys that clients of dialects hold, for
// whoever runs the program: the same for the command line and the console.
package keyring

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// Ring is a dialect whose clients have keys.
type Ring interface {
	Name() string
	// KeyForm says what PrepareKey needs.
	KeyForm() dialects.KeyForm
	// PrepareKey does what is slow, and returns the function that makes the key. Its
	// own error is of the request.
	PrepareKey(ctx context.Context, req dialects.KeyRequest) (add func(*core.Tx) (dialects.NewKey, error), err error)
	// Keys lists keys without their secrets. It fails with NotFound for an owner that
	// does not exist.
	Keys(tx *core.Tx, q dialects.KeyQuery) ([]dialects.Key, error)
	// RevokeKey makes a key useless, or fails with NotFound.
	RevokeKey(tx *core.Tx, id string) (dialects.Key, error)
}

// Of returns the dialects that have keys.
func Of(all []dialects.Dialect) (rings []Ring) {
	for _, d := range all {
		if r, ok := d.(Ring); ok {
			rings = append(rings, r)
		}
	}
	return rings
}

// Update is a transaction of whoever makes the change.
type Update func(ctx context.Context, fn func(*core.Tx) error) error

// RequestError is a request for a key that cannot be, in the dialect's words.
type RequestError struct{ Err error }

// Error implements error.
func (e *RequestError) Error() string { return e.Err.Error() }

// Unwrap returns the dialect's error.
func (e *RequestError) Unwrap() error { return e.Err }

// Make makes a key. Its secret is returned this once. It fails with a [*RequestError]
// for a request that cannot be, and with the core's error of an owner.
func Make(ctx context.Context, update Update, ring Ring, req dialects.KeyRequest) (key dialects.NewKey, err error) {
	add, err := ring.PrepareKey(ctx, req)
	if err != nil {
		if core.AsError(err) == nil {
			err = &RequestError{err}
		}
		return key, err
	}
	err = update(ctx, func(tx *core.Tx) error { key, err = add(tx); return err })
	return key, err
}

// Revoke makes a key useless at once. It fails with NotFound if there is none of that id.
func Revoke(ctx context.Context, update Update, ring Ring, id string) (key dialects.Key, err error) {
	err = update(ctx, func(tx *core.Tx) error { key, err = ring.RevokeKey(tx, id); return err })
	return key, err
}

// List lists the keys of the rings; an owner that a ring does not know has none in it.
func List(tx *core.Tx, rings []Ring, q dialects.KeyQuery) ([]dialects.Key, error) {
	all := []dialects.Key{}
	for _, ring := range rings {
		keys, err := ring.Keys(tx, q)
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return nil, err
		}
		all = append(all, keys...)
	}
	return all, nil
}
