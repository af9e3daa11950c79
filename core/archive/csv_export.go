package archive

import (
	"context"
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// ExportCSV writes the users of one state of the store as a table, one row a user,
// with the columns that [NewTable] reads. Groups are named by their keys, or else by
// their UIDs. Records are not in it.
func ExportCSV(ctx context.Context, dir *core.Directory, open func() (io.Writer, error), opts ExportOptions) (users int, err error) {
	err = dir.Snapshot(ctx, func(tx *core.Tx) error {
		w, err := open()
		if err != nil {
			return err
		}
		t := &csvExport{export: export{tx: tx, opts: opts}, out: csv.NewWriter(w)}
		err = t.run()
		users = t.counts.Users
		return err
	})
	return users, err
}

type csvExport struct {
	export
	out *csv.Writer
	// The names that some user has, sorted.
	attributes, handles, facets []string
	kinds                       []string // of groups
}

// fixedColumns come first in every table.
var fixedColumns = []struct {
	name string
	text func(*User) string
}{
	{"realm", func(u *User) string { return string(u.Realm) }},
	{"id", func(u *User) string { return strconv.FormatInt(u.ID, 10) }},
	{"uid", func(u *User) string { return u.UID }},
	{"username", func(u *User) string { return u.Username }},
	{"email", func(u *User) string { return u.Email }},
	{"password_hash", func(u *User) string { return u.PasswordHash }},
	{"name", func(u *User) string { return u.Name }},
	{"given_name", func(u *User) string { return u.GivenName }},
	{"family_name", func(u *User) string { return u.FamilyName }},
	{"enabled", func(u *User) string { return strconv.FormatBool(*u.Enabled) }},
	{"enabled_until", func(u *User) string { return timeText(u.EnabledUntil) }},
	{"created_at", func(u *User) string { return timeText(u.CreatedAt) }},
	{"updated_at", func(u *User) string { return timeText(u.UpdatedAt) }},
	{"password_changed_at", func(u *User) string { return timeText(u.PasswordChangedAt) }},
	{"deleted_at", func(u *User) string { return timeText(u.DeletedAt) }},
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

func (e *csvExport) run() error {
	realms, err := e.realms()
	if err != nil {
		return err
	}
	if err := e.findColumns(realms); err != nil {
		return err
	}
	if err := e.out.Write(e.headings()); err != nil {
		return err
	}
	for _, realm := range realms {
		if err := e.rows(realm); err != nil {
			return err
		}
	}
	e.out.Flush()
	return e.out.Error()
}

// findColumns looks at all users for the attributes, handles and facets they have.
func (e *csvExport) findColumns(realms []core.Realm) error {
	attributes, handles, facets := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, realm := range realms {
		err := e.eachUser(realm, func(u *core.User) error {
			for _, a := range u.Attributes {
				attributes[a.Name] = true
			}
			for _, h := range u.Handles {
				handles[h.Kind] = true
			}
			for _, f := range u.Facets {
				facets[f.Dialect] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = e.eachGroup(realm, func(g *core.Group) error {
			if !slices.Contains(e.kinds, g.Kind) {
				e.kinds = append(e.kinds, g.Kind)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	slices.Sort(e.kinds)
	e.attributes, e.handles, e.facets = sortedKeys(attributes), sortedKeys(handles), sortedKeys(facets)
	return nil
}

func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func (e *csvExport) headings() (all []string) {
	for _, c := range fixedColumns {
		all = append(all, c.name)
	}
	for _, part := range []struct {
		prefix string
		names  []string
	}{{"attributes.", e.attributes}, {"handles.", e.handles}, {"facets.", e.facets}} {
		for _, name := range part.names {
			all = append(all, part.prefix+name)
		}
	}
	for _, kind := range e.kinds {
		all = append(all, "groups."+kind)
	}
	return all
}

func (e *csvExport) rows(realm core.Realm) error {
	return e.eachUser(realm, func(u *core.User) error {
		groups, err := e.groupsOf(u)
		if err != nil {
			return err
		}
		e.counts.Users++
		return e.out.Write(e.row(u, groups))
	})
}

func (e *csvExport) row(u *core.User, groups map[string][]string) (row []string) {
	line := userLine(u)
	if e.opts.WithoutPasswords {
		line.PasswordHash = ""
	}
	for _, c := range fixedColumns {
		row = append(row, c.text(line))
	}
	for _, name := range e.attributes {
		value, _ := u.Attributes.Get(name)
		row = append(row, value)
	}
	for _, kind := range e.handles {
		row = append(row, u.Handle(kind))
	}
	for _, dialect := range e.facets {
		row = append(row, string(u.Facets.Get(dialect).Text()))
	}
	for _, kind := range e.kinds {
		row = append(row, strings.Join(groups[kind], ";"))
	}
	return row
}

// groupsOf returns names of the user's groups by their kind.
func (e *csvExport) groupsOf(u *core.User) (map[string][]string, error) {
	members, err := e.tx.Memberships(core.MembershipQuery{Realm: u.Realm, Users: []int64{u.ID}})
	names := map[string][]string{}
	for i := 0; err == nil && i < len(members); i++ {
		m := members[i]
		var g *core.Group
		if g, err = e.tx.Group(core.GroupRef{Realm: u.Realm, Kind: m.Kind, ID: m.Group}); err == nil {
			names[m.Kind] = append(names[m.Kind], orText(g.Key, g.UID))
		}
	}
	return names, err
}
