package sqldb

import (
	"context"
	"fmt"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/seal"
)

// secretsVersion is the schema version since which a store has secrets in boxes.
const secretsVersion = 3

// proofText is in the box of each key that is in use.
const proofText = "dragoman"

// seals are the keys that the boxes of a store need.
type seals struct {
	keys     []string
	proofs   [][]byte
	complete bool // all boxes are of the only key
}

func readSeals(c Conn) (s seals, err error) {
	err = c.Query("select key, proof, complete from seals order by key", nil, func(r Row) error {
		s.keys, s.proofs = append(s.keys, r.Text(0)), append(s.proofs, r.Bytes(1))
		s.complete = len(s.keys) == 1 && r.Int(2) != 0
		return nil
	})
	return s, err
}

// sealed reports whether a key is needed.
func (s seals) sealed() bool {
	return slices.ContainsFunc(s.keys, func(key string) bool { return key != "" })
}

// check fails unless the ring opens the boxes of every key.
func (s seals) check(ring *seal.Keyring, file string) error {
	var missing []string
	for i, key := range s.keys {
		if _, err := ring.Open(s.proofs[i], "seals", 0); err != nil {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		return errOtherKey(file, missing)
	}
	return nil
}

// CheckKeys fails, before anything is changed, if the keys are not those that a store of
// that schema version is sealed with.
func (g Goose) CheckKeys(c Conn, version int64, from seal.Source) error {
	if version > g.Latest() {
		return nil // a newer store may keep them in another way
	}
	_, err := loadKeys(c, version, from)
	return err
}

func loadKeys(c Conn, version int64, from seal.Source) (*seal.Keyring, error) {
	var s seals
	if version >= secretsVersion {
		var err error
		if s, err = readSeals(c); err != nil {
			return nil, err
		}
	}
	ring, err := from.Load(s.sealed() && !from.GiveUp)
	switch {
	case err != nil:
		return nil, err
	case from.GiveUp && ring.Current() == "":
		return nil, fmt.Errorf("%w: name a file with a new key with --seal-key-file", seal.ErrKey)
	case from.GiveUp:
		return ring, nil
	}
	return ring, s.check(ring, from.File)
}

// prepareSecrets reads the keys and the secret kinds, and seals what is not sealed with
// the first key: rows of an earlier program, or of a key that is replaced. It goes on
// where an earlier start was interrupted.
func prepareSecrets(ctx context.Context, e Engine, c Conn, o Options) (*secrets, error) {
	ring, err := loadKeys(c, secretsVersion, o.Keys)
	if err != nil {
		return nil, err
	}
	before, err := readSeals(c)
	if err != nil {
		return nil, err
	}
	kept := &secrets{ring: ring, kinds: map[string]core.SecretKind{}}
	isNew, err := kept.readKinds(c, o.Secrets)
	if err != nil || before.complete && before.keys[0] == ring.Current() && !isNew && !o.Keys.GiveUp {
		return kept, err
	}
	if err := inWrite(e, c, func() error { return kept.begin(c) }); err != nil {
		return nil, err
	}
	sealer := &sealer{secrets: kept, ctx: ctx, engine: e, conn: c, giveUp: o.Keys.GiveUp}
	if err := sealer.run(); err != nil {
		return nil, err
	}
	if sealer.changed > 0 || len(before.keys) > 0 {
		if err := e.Scrub(c); err != nil {
			return nil, err
		}
	}
	return kept, inWrite(e, c, func() error { return kept.end(c, sealer.changed == 0 || !e.Shared() || o.Keys.GiveUp) })
}

// readKinds collects the secret kinds that the store knows and those that are declared.
// It reports whether there are others than the store knows.
func (s *secrets) readKinds(c Conn, declared []core.SecretKind) (isNew bool, err error) {
	err = c.Query("select kind, key, body from secret_kinds", nil, func(r Row) error {
		s.kinds[r.Text(0)] = core.SecretKind{Kind: r.Text(0), Key: r.Int(1) != 0, Body: r.Int(2) != 0}
		return nil
	})
	for _, d := range declared {
		known := s.kinds[d.Kind]
		d.Key, d.Body = d.Key || known.Key, d.Body || known.Body
		isNew = isNew || d != known
		s.kinds[d.Kind] = d
	}
	return isNew, err
}

// begin notes that boxes of the first key will be made, and the secret kinds.
func (s *secrets) begin(c Conn) error {
	for _, k := range s.kinds {
		if err := c.Exec("delete from secret_kinds where kind = ?", k.Kind); err != nil {
			return err
		}
		if err := c.Exec("insert into secret_kinds (kind, key, body) values (?, ?, ?)", k.Kind, flag(k.Key), flag(k.Body)); err != nil {
			return err
		}
	}
	return s.note(c, false)
}

// end notes that all boxes are of the first key. It forgets the others, unless another
// process may have used them meanwhile.
func (s *secrets) end(c Conn, forget bool) error {
	if forget {
		if err := c.Exec("delete from seals where key <> ?", s.ring.Current()); err != nil {
			return err
		}
	}
	return s.note(c, true)
}

func (s *secrets) note(c Conn, complete bool) error {
	if err := c.Exec("delete from seals where key = ?", s.ring.Current()); err != nil {
		return err
	}
	return c.Exec("insert into seals (key, proof, complete) values (?, ?, ?)",
		s.ring.Current(), s.ring.Seal([]byte(proofText), "seals", 0), flag(complete))
}

// maxWrites is how often inWrite tries.
const maxWrites = 10

// inWrite runs fn in a transaction that excludes other writers: again if the connection
// is lost or another transaction is in the way. To run fn twice must do no harm.
func inWrite(e Engine, c Conn, fn func() error) error {
	for try := 1; ; try++ {
		err := writeOnce(c, fn)
		if err == nil || try == maxWrites || e.Cause(err) == CauseOther {
			return err
		}
	}
}

func writeOnce(c Conn, fn func() error) error {
	if err := c.BeginWrite(); err != nil {
		return err
	}
	if err := fn(); err != nil {
		_ = c.Rollback() // its failure adds nothing: the transaction has failed
		return err
	}
	err := c.Commit()
	if err != nil {
		_ = c.Rollback()
	}
	return err
}
