package scim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Token is a connection's bearer token. Several tokens can have one name: they are
// then one connection, so that a token can be replaced while the old one works.
type Token struct {
	// Name is the connection's.
	Name string
	// Realm is the realm whose users and groups it shows.
	Realm core.Realm
	// Write says whether it may change them.
	Write bool
	// AllGroups says that it shows the groups of other dialects too, which it cannot
	// change.
	AllGroups bool
	// Digest finds the token, whose text is not kept.
	Digest string
	// CreatedAt is set of a stored token.
	CreatedAt time.Time
}

// AllGroups is what configuration says for [Token.AllGroups].
const AllGroups = "all"

// idLength is how much of a digest names a token to an operator.
const idLength = 12

// ID names the token to an operator.
func (t Token) ID() string { return t.Digest[:min(idLength, len(t.Digest))] }

// Tokens are records of the realm that they show, so that they go with it, found by
// their digest. A record in a realm of SCIM's own says which realm that is.
const (
	kindToken  = "scim.token"
	tokenRealm = core.Realm("scim:tokens")
)

// Digest is what a token is found by.
func Digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// tokenAlphabet has 64 characters, so 43 of them hold 258 bits.
const (
	tokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	tokenLength   = 43
)

// NewToken makes the text of a token.
func NewToken(dir *core.Directory) string { return dir.NewKey(tokenAlphabet, tokenLength) }

// findToken finds the token of a digest.
func findToken(tx *core.Tx, digest string) (*Token, error) {
	place, err := tx.Record(core.RecordRef{Realm: tokenRealm, Kind: kindToken, Key: digest})
	if err != nil {
		return nil, err
	}
	r, err := tx.Record(core.RecordRef{Realm: core.Realm(place.Body.Text()), Kind: kindToken, Key: digest})
	if err != nil {
		return nil, err
	}
	return core.Decoded(r.Body, func(text []byte) (*Token, error) { return decodeToken(r, text) })
}

func decodeToken(r *core.Record, text []byte) (*Token, error) {
	v, err := wire.ParseJSON(text, wire.Limits{})
	if err != nil {
		return nil, err
	}
	name, _ := v.Get("name")
	write, _ := v.Get("write")
	t := &Token{Name: name.Text(), Realm: r.Realm, Digest: r.Key, CreatedAt: r.CreatedAt}
	t.Write, _ = write.Bool()
	groups, _ := v.Get("groups")
	t.AllGroups = groups.Text() == AllGroups
	return t, nil
}

// AddToken stores a token. One with its digest is left as it is.
func AddToken(tx *core.Tx, t Token) error {
	_, err := findToken(tx, t.Digest)
	if !errors.Is(err, core.ErrNotFound) {
		return err
	}
	body := wire.Object(wire.Member{Name: "name", Value: wire.String(t.Name)}, wire.Member{Name: "write", Value: wire.Bool(t.Write)})
	if t.AllGroups {
		body.Set("groups", wire.String(AllGroups))
	}
	if err := tx.SaveRecord(&core.Record{Realm: t.Realm, Kind: kindToken, Key: t.Digest, Body: core.NewDocument(body.JSON())}); err != nil {
		return err
	}
	place, err := tx.Record(core.RecordRef{Realm: tokenRealm, Kind: kindToken, Key: t.Digest})
	if errors.Is(err, core.ErrNotFound) {
		place, err = &core.Record{Realm: tokenRealm, Kind: kindToken, Key: t.Digest}, nil
	}
	if err != nil {
		return err
	}
	place.Body = core.NewDocument([]byte(t.Realm))
	return tx.SaveRecord(place)
}

// Tokens lists the tokens of all realms, in the order in which they were made.
func Tokens(tx *core.Tx) ([]Token, error) {
	places, err := tx.Records(core.RecordQuery{Realm: tokenRealm, Kind: kindToken})
	if err != nil {
		return nil, err
	}
	var tokens []Token
	for _, place := range places {
		t, err := findToken(tx, place.Key)
		if errors.Is(err, core.ErrNotFound) {
			continue // its realm is gone
		}
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, *t)
	}
	return tokens, nil
}

// RevokeToken removes the token with that ID and returns it. It fails with NotFound
// if there is none.
func RevokeToken(tx *core.Tx, id string) (Token, error) {
	tokens, err := Tokens(tx)
	if err != nil {
		return Token{}, err
	}
	for _, t := range tokens {
		if t.ID() != id {
			continue
		}
		for _, realm := range []core.Realm{t.Realm, tokenRealm} {
			r, err := tx.Record(core.RecordRef{Realm: realm, Kind: kindToken, Key: t.Digest})
			if err == nil {
				err = tx.RemoveRecord(r)
			}
			if err != nil {
				return t, err
			}
		}
		return t, nil
	}
	return Token{}, &core.Error{Kind: core.NotFound, Subject: kindToken}
}
