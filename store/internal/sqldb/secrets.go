package sqldb

import (
	"bytes"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/seal"
)

// secrets turns what memory has in plain text into what the database has: the digest
// by which a secret is found, and the secret itself in a box; see [seal.Keyring].
type secrets struct {
	ring  *seal.Keyring
	kinds map[string]core.SecretKind
}

// columns are what secrets determine of a row of records or groups.
type columns struct {
	lookup  any // of records
	body    any
	secrets any
}

// lookup returns the text by which a record is found.
func (s *secrets) lookup(kind, key string) string {
	if s.kinds[kind].Key {
		return s.ring.Digest(key)
	}
	return key
}

// sealHandles returns the handles in a box; NULL if there are none.
func (s *secrets) sealHandles(hs []core.Handle, row int64) any {
	if len(hs) == 0 {
		return nil
	}
	return s.ring.Seal([]byte(encodeHandles(hs)), "users", row)
}

// openHandles reads the handles of the user whose row number is the first column.
func (s *secrets) openHandles(r Row, column int) ([]core.Handle, error) {
	if r.Null(column) {
		return nil, nil
	}
	plain, err := s.open(r, column, "users")
	if err != nil {
		return nil, err
	}
	return decodeHandles(string(plain))
}

func (s *secrets) open(r Row, column int, table string) ([]byte, error) {
	plain, err := s.ring.Open(r.Bytes(column), table, r.Int(0))
	if err != nil {
		return nil, &core.Error{Kind: core.Internal, Op: "read the secrets of a row of " + table, Err: err}
	}
	return plain, nil
}

// bodyMark is before a body that is in a box with a key. No key has it.
const bodyMark = 0

// sealRecord returns what is stored of the record's key and body. The box holds the
// key, if that is a secret, and behind a mark the body, if that is.
func (s *secrets) sealRecord(r *core.Record, row int64) columns {
	c := columns{body: body(r.Body)}
	kind, own := s.kinds[r.Kind], hasOwnKey(r)
	if !own {
		c.lookup = s.lookup(r.Kind, r.Key)
	}
	var plain []byte
	if kind.Key && !own {
		plain = []byte(r.Key)
	}
	if kind.Body && r.Body != nil {
		c.body = nil
		plain = append(append(plain, bodyMark), r.Body.Text()...)
	}
	if plain != nil {
		c.secrets = s.ring.Seal(plain, "records", row)
	}
	return c
}

// openRecord sets the key and the body that are in a box.
func (s *secrets) openRecord(rec *core.Record, r Row, column int) error {
	if r.Null(column) {
		return nil
	}
	plain, err := s.open(r, column, "records")
	if err != nil {
		return err
	}
	key, text, hasBody := bytes.Cut(plain, []byte{bodyMark})
	if len(key) > 0 {
		rec.Key = string(key)
	}
	if hasBody {
		rec.Body = core.NewDocument(text)
	}
	return nil
}

// sealGroup returns what is stored of the group's body.
func (s *secrets) sealGroup(g *core.Group, row int64) columns {
	if !s.kinds[g.Kind].Body || g.Body == nil {
		return columns{body: body(g.Body)}
	}
	return columns{secrets: s.ring.Seal(g.Body.Text(), "groups", row)}
}

// openGroup sets the body that is in a box.
func (s *secrets) openGroup(g *core.Group, r Row, column int) error {
	if r.Null(column) {
		return nil
	}
	text, err := s.open(r, column, "groups")
	if err == nil {
		g.Body = core.NewDocument(text)
	}
	return err
}

// Option is a setting of a store that is opened.
type Option func(*Options)

// Options are the settings of a store besides its DSN.
type Options struct {
	// Secrets are the kinds of record and group that are secret, besides those that the
	// store remembers.
	Secrets []core.SecretKind
	// Keys is where the keys are; the zero Source is the engine's default.
	Keys seal.Source
	// Notify is called when the server cannot be reached any more, with the reason, and
	// when it can again, with nil. It must not use the store. Nil is not called.
	Notify func(lost error)
	// MaxBytes bounds what a store in memory holds; 0 means no bound.
	MaxBytes int64
}

// NewOptions applies the options.
func NewOptions(all []Option) Options {
	var o Options
	for _, set := range all {
		set(&o)
	}
	return o
}

// errOtherKey says which keys are needed, by their IDs.
func errOtherKey(file string, missing []string) error {
	if file == "" {
		return fmt.Errorf("%w: they are sealed with key %s: name its file with --seal-key-file", seal.ErrKey, missing[0])
	}
	return fmt.Errorf("%w: the key file %s does not hold key %s, with which they are sealed: put it back, as a second line if another is to seal from now on",
		seal.ErrKey, file, missing[0])
}
