package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// ExportOptions select what is exported.
type ExportOptions struct {
	// Realms are the realms to export; none exports all.
	Realms []core.Realm
	// WithoutPasswords leaves out the hashes. Keys stay.
	WithoutPasswords bool
	// Files has the contents of files; nil leaves them out.
	Files Files
	// By names the program in the first line.
	By string
}

// exportPage is how many objects are read at once.
const exportPage = 500

// Export writes one state of the store, which others may change meanwhile. It calls
// open once for the writer.
func Export(ctx context.Context, dir *core.Directory, open func() (io.Writer, error), opts ExportOptions) (counts Counts, err error) {
	err = dir.Snapshot(ctx, func(tx *core.Tx) error {
		w, err := open()
		if err != nil {
			return err
		}
		e := &export{tx: tx, opts: opts, out: bufio.NewWriterSize(w, 1<<16), sum: sha256.New()}
		err = e.run()
		counts = e.counts
		return err
	})
	return counts, err
}

type export struct {
	tx     *core.Tx
	opts   ExportOptions
	out    *bufio.Writer
	sum    hash.Hash
	counts Counts
}

func (e *export) run() error {
	realms, err := e.realms()
	if err != nil {
		return err
	}
	version, err := e.version(realms)
	if err != nil {
		return err
	}
	header := &Header{Version: version, By: e.opts.By, At: e.tx.Now(), Realms: realms}
	if err := e.write(&Line{Archive: header}); err != nil {
		return err
	}
	e.sum.Reset() // the first line is the only one with the time of the export
	for _, step := range []func(core.Realm) error{e.realm, e.groups, e.users, e.memberships, e.records, e.files} {
		for _, realm := range realms {
			if err := step(realm); err != nil {
				return err
			}
		}
	}
	end := &End{Counts: e.counts, SHA256: hex.EncodeToString(e.sum.Sum(nil))}
	if err := e.write(&Line{End: end}); err != nil {
		return err
	}
	return e.out.Flush()
}

func (e *export) write(l *Line) error {
	line, err := encode(l)
	if err != nil {
		return err
	}
	e.sum.Write(line)
	_, err = e.out.Write(line)
	return err
}

// encode returns the line with its end.
func encode(l *Line) ([]byte, error) {
	var b lineBuffer
	d := json.NewEncoder(&b)
	d.SetEscapeHTML(false)
	err := d.Encode(l)
	return b, err
}

type lineBuffer []byte

func (b *lineBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// realms lists the realms to export. One that does not exist is an error.
func (e *export) realms() ([]core.Realm, error) {
	all, err := e.tx.Realms()
	if err != nil || len(e.opts.Realms) == 0 {
		slices.Sort(all)
		return all, err
	}
	realms := slices.Compact(slices.Sorted(slices.Values(e.opts.Realms)))
	for _, r := range realms {
		if !slices.Contains(all, r) {
			return nil, fmt.Errorf("the realm %q does not exist; the store has %q", r, all)
		}
	}
	return realms, nil
}

func (e *export) realm(name core.Realm) error {
	counters, err := e.tx.Counters(name)
	if err != nil {
		return err
	}
	line := &Realm{Name: name, Counters: map[string]int64{}}
	for _, c := range counters {
		line.Counters[c.Name] = c.Next
	}
	e.counts.Realms++
	return e.write(&Line{Realm: line})
}

// groups writes the realm's groups.
func (e *export) groups(realm core.Realm) error {
	return e.eachGroup(realm, func(g *core.Group) error {
		e.counts.Groups++
		return e.write(&Line{Group: groupLine(g)})
	})
}

func (e *export) eachGroup(realm core.Realm, do func(*core.Group) error) error {
	return e.eachKind(realm, func(kind string) error {
		return pages(func(after int64) ([]*core.Group, error) {
			return e.tx.Groups(core.GroupQuery{Realm: realm, Kind: kind, AfterID: after, Limit: exportPage})
		}, func(g *core.Group) int64 { return g.ID }, do)
	})
}

func (e *export) eachKind(realm core.Realm, do func(kind string) error) error {
	kinds, err := e.tx.Kinds(realm)
	for i := 0; err == nil && i < len(kinds); i++ {
		err = do(kinds[i])
	}
	return err
}

func (e *export) eachUser(realm core.Realm, do func(*core.User) error) error {
	return pages(func(after int64) ([]*core.User, error) {
		return e.tx.Users(core.UserQuery{Realm: realm, AfterID: after, Deleted: true, Limit: exportPage})
	}, func(u *core.User) int64 { return u.ID }, do)
}

func (e *export) users(realm core.Realm) error {
	return e.eachUser(realm, func(u *core.User) error {
		line := userLine(u)
		if e.opts.WithoutPasswords {
			line.PasswordHash = ""
		}
		e.counts.Users++
		return e.write(&Line{User: line})
	})
}

func (e *export) memberships(realm core.Realm) error {
	return e.eachGroup(realm, func(g *core.Group) error {
		return pages(func(after int64) ([]core.Membership, error) {
			return e.tx.Memberships(core.MembershipQuery{Realm: realm, Kind: g.Kind, Group: g.ID, AfterID: after, Limit: exportPage})
		}, func(m core.Membership) int64 { return m.ID }, func(m core.Membership) error {
			e.counts.Memberships++
			return e.write(&Line{Membership: membershipLine(m)})
		})
	})
}

func (e *export) records(realm core.Realm) error {
	return e.eachKind(realm, func(kind string) error {
		return e.eachRecord(realm, kind, func(r *core.Record) error {
			e.counts.Records++
			return e.write(&Line{Record: recordLine(r)})
		})
	})
}

func (e *export) eachRecord(realm core.Realm, kind string, do func(*core.Record) error) error {
	return pages(func(after int64) ([]*core.Record, error) {
		return e.tx.Records(core.RecordQuery{Realm: realm, Kind: kind, AfterID: after, Limit: exportPage})
	}, func(r *core.Record) int64 { return r.ID }, do)
}

// pages calls do for all objects that list returns, page after page.
func pages[T any](list func(after int64) ([]T, error), id func(T) int64, do func(T) error) error {
	for after := int64(0); ; {
		page, err := list(after)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, v := range page {
			if err := do(v); err != nil {
				return err
			}
		}
		after = id(page[len(page)-1])
	}
}
