package sqldb

import (
	"context"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
)

// sealer seals what is not in a box of the first key, in batches.
type sealer struct {
	*secrets
	ctx     context.Context
	engine  Engine
	conn    Conn
	changed int
	// giveUp says to give up what the keys do not open. Users keep the digests of their
	// handles, which are lost until then: they are read once, for all users.
	giveUp bool
	lost   map[int64][]core.Handle
}

// sealBatch is how many rows are sealed in one transaction.
const sealBatch = 500

// step seals some rows after a row number and returns the last of them, 0 at the end.
type step func(after int64) (last int64, err error)

func (s *sealer) run() error {
	steps := []step{s.users}
	if err := s.readLost(); err != nil {
		return err
	}
	err := s.conn.Query("select k.no, k.kind, r.name from kinds k join realms r on r.no = k.realm order by k.no", nil, func(r Row) error {
		if kind, is := s.kinds[r.Text(1)]; is {
			no, k := scope(r.Int(0)), kindKey{core.Realm(r.Text(2)), kind.Kind}
			steps = append(steps, s.records(no, k), s.groups(no, k))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, next := range steps {
		if err := s.all(next); err != nil {
			return err
		}
	}
	return nil
}

// readLost reads what is left of handles that cannot be opened.
func (s *sealer) readLost() error {
	if !s.giveUp {
		return nil
	}
	s.lost = map[int64][]core.Handle{}
	return s.conn.Query("select holder, kind, lookup from handles order by kind, lookup", nil, func(r Row) error {
		s.lost[r.Int(0)] = append(s.lost[r.Int(0)], core.Handle{Kind: r.Text(1), Value: s.ring.Lost(r.Text(2))})
		return nil
	})
}

func (s *sealer) all(next step) error {
	for last := int64(0); ; {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		after := last
		err := inWrite(s.engine, s.conn, func() (err error) {
			last, err = next(after)
			return err
		})
		if err != nil || last == 0 {
			return err
		}
	}
}

// otherBox is the condition of a box that is not of the first key.
func (s *sealer) otherBox() (condition string, header []byte) {
	header = s.ring.Header()
	return fmt.Sprintf("(secrets is not null and substr(secrets, 1, %d) <> ?)", len(header)), header
}

// rows runs a query for some rows and reads them before any is changed.
func rows[T any](s *sealer, b *builder, read func(Row) (T, error)) (list []T, err error) {
	b.then(" order by id")
	b.limit(sealBatch, 0)
	err = s.conn.Query(b.text.String(), b.args, func(r Row) error {
		v, err := read(r)
		list = append(list, v)
		return err
	})
	s.changed += len(list)
	return list, err
}

// unsealedUser is a user whose handles are not in a box of the first key.
type unsealedUser struct {
	row     int64
	handles []core.Handle
	plain   bool // the handles are found by their values
}

func (s *sealer) users(after int64) (last int64, err error) {
	b := selecting("id, unsealed, secrets", "users")
	b.and("id > ?", after)
	other, header := s.otherBox()
	b.and("(unsealed <> '' or "+other+")", header)
	list, err := rows(s, b, func(r Row) (u unsealedUser, err error) {
		u = unsealedUser{row: r.Int(0), plain: r.Text(1) != ""}
		if u.plain {
			u.handles, err = decodeHandles(r.Text(1))
		} else {
			u.handles, err = s.openHandles(r, 2)
		}
		if err != nil && s.giveUp {
			u.handles, err = s.lost[u.row], nil
		}
		return u, err
	})
	for _, u := range list {
		if err == nil {
			last, err = u.row, s.user(u)
		}
	}
	return last, err
}

func (s *sealer) user(u unsealedUser) error {
	for i := range u.handles {
		u.handles[i].Value = s.ring.Renew(u.handles[i].Value)
	}
	if u.plain {
		for _, h := range u.handles {
			err := s.conn.Exec("update handles set lookup = ? where realm = ? and kind = ? and lookup = ?",
				s.ring.Digest(h.Value), int64(scopeOf(u.row)), h.Kind, h.Value)
			if err != nil {
				return err
			}
		}
	}
	return s.conn.Exec("update users set unsealed = '', secrets = ? where id = ?", s.sealHandles(u.handles, u.row), u.row)
}

func (s *sealer) records(no scope, k kindKey) step {
	return func(after int64) (last int64, err error) {
		b := selecting(recordColumns, "records")
		b.ranged(no, id(after), 0)
		kind := s.kinds[k.kind]
		other, header := s.otherBox()
		b.and("("+other+" or secrets is null and lookup is not null and ? = 1 or body is not null and ? = 1)", header, flag(kind.Key), flag(kind.Body))
		list, err := rows(s, b, func(r Row) (u unsealedRecord, err error) {
			u.row = r.Int(0)
			u.rec, err = scanRecord(s.secrets, r, k)
			if err != nil && s.giveUp {
				err, u.lost = nil, true
			}
			return u, err
		})
		for _, u := range list {
			if err == nil {
				last, err = u.row, s.record(u, kind)
			}
		}
		return last, err
	}
}

// unsealedRecord is a record that is not in a box of the first key.
type unsealedRecord struct {
	row  int64
	rec  *core.Record
	lost bool // its box cannot be opened: its key is a digest
}

// record seals the record. One without its body is of no use.
func (s *sealer) record(u unsealedRecord, kind core.SecretKind) error {
	switch {
	case u.lost && kind.Body:
		return s.conn.Exec("delete from records where id = ?", u.row)
	case u.lost && !hasOwnKey(u.rec):
		u.rec.Key = s.ring.Lost(u.rec.Key)
	default:
		u.rec.Key = s.ring.Renew(u.rec.Key)
	}
	c := s.sealRecord(u.rec, u.row)
	return s.conn.Exec("update records set lookup = ?, body = ?, secrets = ? where id = ?", c.lookup, c.body, c.secrets, u.row)
}

func (s *sealer) groups(no scope, k kindKey) step {
	return func(after int64) (last int64, err error) {
		b := selecting(groupColumns, "groups")
		b.ranged(no, id(after), 0)
		other, header := s.otherBox()
		b.and("("+other+" or body is not null and ? = 1)", header, flag(s.kinds[k.kind].Body))
		list, err := rows(s, b, func(r Row) (*core.Group, error) {
			g, err := scanGroup(s.secrets, r, k)
			if err != nil && s.giveUp {
				err = nil // it goes on without a body
			}
			return g, err
		})
		for _, g := range list {
			if err == nil {
				last = no.row(g.ID)
				c := s.sealGroup(g, last)
				err = s.conn.Exec("update groups set body = ?, secrets = ? where id = ?", c.body, c.secrets, last)
			}
		}
		return last, err
	}
}
