// Package integrity checks what a store holds: rules that the core and the dialects
// keep with every write, and that an older version, an import or a broken disk may
// have broken.
package integrity

import (
	"context"
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// Dialect can read back what it stored. A method fails if it cannot.
type Dialect interface {
	// Name is the dialect's name, with which the kinds of its groups and records begin.
	Name() string
	CheckUser(*core.User) error
	CheckGroup(*core.Group) error
	CheckRecord(*core.Record) error
}

// Problem is one thing that is wrong. It has no name of a user, which may be private.
type Problem struct {
	Realm core.Realm `json:"realm,omitempty"`
	// Kind is what the problem is with: "user", "store", or a kind of group or record.
	Kind string `json:"kind"`
	// ID is the number of the user, group or record; 0 for none.
	ID   int64  `json:"id,omitempty"`
	Text string `json:"problem"`
}

// String returns the problem on one line.
func (p Problem) String() string {
	parts := []string{p.Kind}
	if p.ID != 0 {
		parts = append(parts, fmt.Sprint(p.ID))
	}
	if p.Realm != "" {
		parts = append(parts, fmt.Sprintf("of realm %q", p.Realm))
	}
	return strings.Join(parts, " ") + ": " + p.Text
}

// maxProblems is how many problems a report lists; the others are counted.
const maxProblems = 1000

// Report is what a check has found.
type Report struct {
	Realms      int       `json:"realms"`
	Users       int       `json:"users"`
	Groups      int       `json:"groups"`
	Memberships int       `json:"memberships"`
	Records     int       `json:"records"`
	Problems    []Problem `json:"problems"`
	// More is how many problems are not listed.
	More int `json:"more,omitempty"`
}

// OK reports whether there is no problem.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// Add adds a problem.
func (r *Report) Add(p Problem) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, p)
}

// Check reads everything in one state of the directory. It fails only if that cannot
// be read at all.
func Check(ctx context.Context, dir *core.Directory, all []Dialect) (r *Report, err error) {
	err = dir.View(ctx, func(tx *core.Tx) error {
		r = &Report{Problems: []Problem{}}
		realms, err := tx.Realms()
		if err != nil {
			return err
		}
		for _, realm := range realms {
			c := &checker{Report: r, tx: tx, realm: realm, dialects: all}
			if err := c.check(); err != nil {
				return fmt.Errorf("realm %q: %w", realm, err)
			}
		}
		r.Realms = len(realms)
		return nil
	})
	return r, err
}

// checker checks one realm.
type checker struct {
	*Report
	tx       *core.Tx
	realm    core.Realm
	dialects []Dialect
	next     map[string]int64 // counters
	users    map[int64]bool
	names    names
}

// batch is how many users, groups or records are read at once.
const batch = 500

func (c *checker) check() error {
	counters, err := c.tx.Counters(c.realm)
	if err != nil {
		return err
	}
	c.next = map[string]int64{}
	for _, n := range counters {
		c.next[n.Name] = n.Next
	}
	if err := c.checkUsers(); err != nil {
		return err
	}
	if err := c.checkNames(); err != nil {
		return err
	}
	kinds, err := c.tx.Kinds(c.realm)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		if err := c.checkGroups(kind); err != nil {
			return fmt.Errorf("groups of kind %s: %w", kind, err)
		}
		if err := c.checkRecords(kind); err != nil {
			return fmt.Errorf("records of kind %s: %w", kind, err)
		}
	}
	return nil
}

func (c *checker) add(kind string, id int64, format string, args ...any) {
	c.Add(Problem{c.realm, kind, id, fmt.Sprintf(format, args...)})
}

// checkNumber reports a number that the counter would give again.
func (c *checker) checkNumber(kind, counter string, id int64) {
	if next := c.next[counter]; id >= next {
		c.add(kind, id, "the counter %q would give its number again: it is at %d", counter, next)
	}
}

func (c *checker) checkUsers() error {
	c.users = map[int64]bool{}
	for after := int64(0); ; {
		users, err := c.tx.Users(core.UserQuery{Realm: c.realm, AfterID: after, Deleted: true, Limit: batch})
		if err != nil {
			return err
		}
		for _, u := range users {
			c.users[u.ID], after = true, u.ID
			c.checkUser(u)
		}
		if c.Users += len(users); len(users) < batch {
			return nil
		}
	}
}

func (c *checker) checkUser(u *core.User) {
	c.names.note(u)
	c.checkNumber("user", "users", u.ID)
	if u.Revision < 1 {
		c.add("user", u.ID, "its revision is %d", u.Revision)
	}
	if err := c.tx.CheckImport(u); err != nil {
		c.add("user", u.ID, "%v", err)
	}
	for _, d := range c.dialects {
		if err := d.CheckUser(u); err != nil {
			c.add("user", u.ID, "the data of %s cannot be read: %v", d.Name(), err)
		}
	}
}

func (c *checker) checkGroups(kind string) error {
	for after := int64(0); ; {
		groups, err := c.tx.Groups(core.GroupQuery{Realm: c.realm, Kind: kind, AfterID: after, Limit: batch})
		if err != nil {
			return err
		}
		for _, g := range groups {
			after = g.ID
			c.checkNumber(kind, "group:"+kind, g.ID)
			if d := c.owner(kind); d != nil {
				if err := d.CheckGroup(g); err != nil {
					c.add(kind, g.ID, "it cannot be read: %v", err)
				}
			}
			if err := c.checkMembers(g); err != nil {
				return err
			}
		}
		if c.Groups += len(groups); len(groups) < batch {
			return nil
		}
	}
}

func (c *checker) checkMembers(g *core.Group) error {
	for after := int64(0); ; {
		members, err := c.tx.Memberships(core.MembershipQuery{Realm: c.realm, Kind: g.Kind, Group: g.ID, AfterID: after, Limit: batch})
		if err != nil {
			return err
		}
		for _, m := range members {
			after = m.ID
			c.checkNumber("membership of "+g.Kind, "membership:"+g.Kind, m.ID)
			if !c.users[m.User] {
				c.add(g.Kind, g.ID, "its member %d does not exist", m.User)
			}
		}
		if c.Memberships += len(members); len(members) < batch {
			return nil
		}
	}
}

func (c *checker) checkRecords(kind string) error {
	for after := int64(0); ; {
		records, err := c.tx.Records(core.RecordQuery{Realm: c.realm, Kind: kind, AfterID: after, Limit: batch})
		if err != nil {
			return err
		}
		for _, r := range records {
			after = r.ID
			c.checkRecord(r)
		}
		if c.Records += len(records); len(records) < batch {
			return nil
		}
	}
}

func (c *checker) checkRecord(r *core.Record) {
	c.checkNumber(r.Kind, "record:"+core.Sequence(r.Kind), r.ID)
	if r.Revision < 1 {
		c.add(r.Kind, r.ID, "its revision is %d", r.Revision)
	}
	if r.Owner != 0 && !c.users[r.Owner] {
		c.add(r.Kind, r.ID, "its owner %d does not exist", r.Owner)
	}
	if d := c.owner(r.Kind); d != nil {
		if err := d.CheckRecord(r); err != nil {
			c.add(r.Kind, r.ID, "it cannot be read: %v", err)
		}
	}
}

// owner is the dialect that owns a kind, or nil.
func (c *checker) owner(kind string) Dialect {
	name, _, _ := strings.Cut(kind, ".")
	for _, d := range c.dialects {
		if d.Name() == name {
			return d
		}
	}
	return nil
}
