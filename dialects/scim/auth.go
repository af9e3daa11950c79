package scim

import (
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// authenticate finds the request's token. It is read at each request, so that a
// revoked one is refused at once. A digest finds it, so nothing of it is compared
// byte by byte.
func (c *call) authenticate() error {
	scheme, text, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	text = strings.TrimSpace(text)
	if !strings.EqualFold(scheme, "Bearer") || text == "" {
		return unauthorized(false)
	}
	digest := Digest(text)
	err := c.d.dir.View(c.r.Context(), func(tx *core.Tx) (err error) {
		if c.token, err = findToken(tx, digest); err == nil {
			c.types, err = c.d.typesOf(tx, c.token.Realm)
		}
		return err
	})
	if errors.Is(err, core.ErrNotFound) {
		return unauthorized(true)
	}
	return err
}

// confirm refuses, in the transaction of a write, a token that was revoked after authenticate.
func confirm(c *call, tx *core.Tx) error {
	_, err := findToken(tx, c.token.Digest)
	if errors.Is(err, core.ErrNotFound) {
		return unauthorized(true)
	}
	return err
}

// actor is the token, which confers no rights: it changes no user with some.
func (c *call) actor() core.Actor { return core.ActingKey(Name, nil) }
