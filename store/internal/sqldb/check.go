package sqldb

import (
	"context"
	"fmt"
	"hash/maphash"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// SelfChecker is an [Engine] that can check its own files.
type SelfChecker interface {
	// SelfCheck is a query of one text: "ok", or what is broken.
	SelfCheck() string
}

// Check looks for what no transaction of the store can leave behind, and which only
// a broken disk or another program can: rows that refer to none, indexes that
// contradict their rows. It returns a line for each problem, or for each sort with
// its number.
func (db *DB) Check(ctx context.Context) (problems []string, err error) {
	err = db.View(ctx, func(s core.StoreTx) error {
		c := &storeCheck{tx: s.(*tx)}
		for _, step := range []func() error{c.self, c.references, c.counts, c.handles, c.boxes} {
			if err := step(); err != nil {
				return err
			}
		}
		problems = c.problems
		return nil
	})
	return problems, err
}

type storeCheck struct {
	*tx
	problems []string
}

func (c *storeCheck) add(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// self asks the engine.
func (c *storeCheck) self() error {
	e, ok := c.db.engine.(SelfChecker)
	if !ok {
		return nil
	}
	return c.query(e.SelfCheck(), nil, func(r Row) error {
		if text := r.Text(0); text != "ok" {
			c.add("the file is broken: %s", text)
		}
		return nil
	})
}

// references counts rows that refer to one that does not exist.
func (c *storeCheck) references() error {
	for _, check := range []struct{ what, from string }{
		{"handles of users who do not exist", "handles h left join users u on u.id = h.holder where u.id is null"},
		{"memberships of users who do not exist", "memberships m left join users u on u.id = m.member where u.id is null"},
		{"memberships in groups that do not exist", "memberships m left join groups g on g.id = m.grouping where g.id is null"},
		{"records of users who do not exist", "records r left join users u on u.id = r.owner where r.owner is not null and u.id is null"},
		{"users in realms that do not exist", "users u left join realms r on r.no = u.realm where r.no is null"},
		{"groups in realms that do not exist", "groups g left join kinds k on k.no = g.scope where k.no is null"},
		{"records in realms that do not exist", "records g left join kinds k on k.no = g.scope where k.no is null"},
	} {
		_, err := c.row("select count(*) from "+check.from, nil, func(r Row) {
			if n := r.Int(0); n > 0 {
				c.add("%d %s", n, check.what)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// counts compares the number of users that each realm is said to have, and that its
// blocks are.
func (c *storeCheck) counts() error {
	err := c.query("select count(*) from (select id >> 11 as block, count(*) as users, count(deleted_at) as deleted from users group by id >> 11) u "+
		"left join blocks b on b.id = u.block where b.id is null or b.users <> u.users or b.deleted <> u.deleted", nil, func(r Row) error {
		if n := r.Int(0); n > 0 {
			c.add("%d blocks have other users than they are said to have", n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.query("select r.name, r.users, r.deleted, count(u.id), count(u.deleted_at) from realms r left join users u on u.realm = r.no "+
		"group by r.no, r.name, r.users, r.deleted order by r.no", nil, func(r Row) error {
		if r.Int(1) != r.Int(3) || r.Int(2) != r.Int(4) {
			c.add("realm %q has %d users, %d of them deleted, and is said to have %d and %d", r.Text(0), r.Int(3), r.Int(4), r.Int(1), r.Int(2))
		}
		return nil
	})
}

// handles compares the names and handles of all users with the indexes that find
// users by them. It keeps a sum of digests for each user.
func (c *storeCheck) handles() error {
	seed := maphash.MakeSeed()
	digest := func(kind, value string) uint64 { return maphash.String(seed, kind+"\x00"+value) }
	sums := map[int64]uint64{}
	err := c.query("select holder, kind, lookup from handles", nil, func(r Row) error {
		sums[r.Int(0)] += digest(r.Text(1), r.Text(2))
		return nil
	})
	if err != nil {
		return err
	}
	var unindexed []string
	err = c.query("select id, secrets, username, username_key, email, email_key, attributes, facets from users order by id", nil, func(r Row) error {
		row := r.Int(0)
		handles, err := c.db.secrets.openHandles(r, 1)
		_, attributesErr := decodeAttributes(r.Text(6))
		_, facetsErr := decodeFacets(r.Bytes(7))
		if err != nil || attributesErr != nil || facetsErr != nil {
			c.add("user %d cannot be read", id(row))
			return nil
		}
		for _, h := range handles {
			sums[row] -= digest(h.Kind, c.db.secrets.ring.Digest(h.Value))
		}
		keys := keysOf(&core.User{Username: r.Text(2), Email: r.Text(4)}, row)
		if sums[row] != 0 || keys.username != r.Text(3) || keys.email != r.Text(5) {
			unindexed = append(unindexed, fmt.Sprint(id(row)))
		}
		return nil
	})
	if len(unindexed) > 0 {
		const most = 100
		c.add("%d users are not found by all of their names and keys, or by others: numbers %s", len(unindexed), strings.Join(unindexed[:min(most, len(unindexed))], ", "))
	}
	return err
}

// boxes counts the records and groups whose secrets cannot be opened.
func (c *storeCheck) boxes() error {
	for _, table := range []string{"records", "groups"} {
		broken := 0
		err := c.query("select id, secrets from "+table+" where secrets is not null", nil, func(r Row) error {
			if _, err := c.db.secrets.open(r, 1, table); err != nil {
				broken++
			}
			return nil
		})
		if err != nil {
			return err
		}
		if broken > 0 {
			c.add("the secrets of %d %s cannot be opened", broken, table)
		}
	}
	return nil
}
