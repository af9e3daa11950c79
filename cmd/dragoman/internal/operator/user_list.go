package operator

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// shownUser is a user as an operator sees it: without password and keys.
type shownUser struct {
	ID          int64               `json:"id"`
	UID         string              `json:"uid"`
	Realm       core.Realm          `json:"realm"`
	Username    string              `json:"username"`
	Email       string              `json:"email,omitempty"`
	Name        string              `json:"name,omitempty"`
	State       string              `json:"state"`
	Password    string              `json:"password"` // the scheme of its hash, or "none"
	CreatedAt   time.Time           `json:"created_at"`
	UpdatedAt   time.Time           `json:"updated_at"`
	PasswordAt  time.Time           `json:"password_changed_at"`
	Until       time.Time           `json:"enabled_until,omitzero"`
	DeletedAt   time.Time           `json:"deleted_at,omitzero"`
	Attributes  []string            `json:"attributes"` // names
	Keys        []string            `json:"keys"`       // kinds of handles
	Facets      []string            `json:"facets"`     // names of dialects
	Memberships map[string][]string `json:"memberships,omitempty"`
	Rights      map[string][]string `json:"rights,omitempty"`
}

func shown(u *core.User, now time.Time) shownUser {
	s := shownUser{
		ID: u.ID, UID: u.UID, Realm: u.Realm, Username: u.Username, Email: u.Email, Name: u.Name.Full(), State: stateOf(u, now),
		Password: "none", CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt, PasswordAt: u.PasswordChangedAt,
		Until: u.EnabledUntil, DeletedAt: u.DeletedAt, Attributes: []string{}, Keys: []string{}, Facets: []string{},
	}
	if u.Password != "" {
		s.Password = passwd.Identify(u.Password).String()
	}
	for _, a := range u.Attributes {
		s.Attributes = append(s.Attributes, a.Name)
	}
	for _, h := range u.Handles {
		s.Keys = append(s.Keys, h.Kind)
	}
	for _, f := range u.Facets {
		s.Facets = append(s.Facets, f.Dialect)
	}
	return s
}

func stateOf(u *core.User, now time.Time) string {
	switch {
	case !u.DeletedAt.IsZero():
		return "deleted"
	case !u.Enabled:
		return "disabled"
	case !u.Active(now):
		return "expired"
	}
	return "enabled"
}

// ListUsers lists the users of a realm by number.
type ListUsers struct {
	Realm   core.Realm `default:"main" help:"Realm of the users."`
	Search  string     `help:"List only users whose user name, address or name contains this text."`
	Deleted bool       `help:"List also users that are marked as deleted."`
	After   int64      `help:"Continue after the user of this number."`
	Limit   int        `default:"1000" help:"List at most so many users."`
}

// Do lists the users.
func (o *ListUsers) Do(ctx context.Context, s *Store) (Result, error) {
	if o.Limit < 1 {
		return Result{}, misuse("--limit must be at least 1")
	}
	q := core.UserQuery{Realm: o.Realm, Deleted: o.Deleted, AfterID: o.After, Limit: o.Limit}
	if o.Search != "" {
		q.Search = core.Search{Terms: []string{core.Fold(o.Search)}, Fields: []core.Field{core.FieldUsername, core.FieldEmail, core.FieldFullName}}
	}
	list := []shownUser{}
	err := s.Directory.View(ctx, func(tx *core.Tx) error {
		users, err := tx.Users(q)
		list = list[:0]
		for _, u := range users {
			list = append(list, shown(u, s.Directory.Now()))
		}
		return err
	})
	rows := [][]string{}
	for _, u := range list {
		rows = append(rows, []string{fmt.Sprint(u.ID), u.State, u.CreatedAt.Format(time.RFC3339), u.Username, u.Email})
	}
	return Result{Lines: table(rows), Data: list}, err
}

// table aligns columns. What a client chose cannot move a terminal's cursor.
func table(rows [][]string) []string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = printable(cell)
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	_ = w.Flush()
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return lines
}

// printable quotes a text that has control characters.
func printable(s string) string {
	if quoted := fmt.Sprintf("%q", s); strings.Contains(quoted, `\`) {
		return quoted
	}
	return s
}

// ShowUser shows one user.
type ShowUser struct {
	User `embed:""`
}

// Do shows the user with groups and rights.
func (o *ShowUser) Do(ctx context.Context, s *Store) (Result, error) {
	var view shownUser
	err := s.Directory.View(ctx, func(tx *core.Tx) error {
		u, _, err := tx.ByLogin(o.Realm, o.Name, true)
		if err != nil {
			return err
		}
		view = shown(u, s.Directory.Now())
		return view.addGroups(tx, u)
	})
	return Result{Lines: view.lines(), Data: view}, o.named(err)
}

func (s *shownUser) addGroups(tx *core.Tx, u *core.User) error {
	members, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Users: []int64{u.ID}})
	if err != nil {
		return err
	}
	s.Memberships, s.Rights = map[string][]string{}, map[string][]string{}
	for _, m := range members {
		g, err := tx.Group(core.GroupRef{Realm: m.Realm, Kind: m.Kind, ID: m.Group})
		if err != nil {
			return err
		}
		s.Memberships[m.Kind] = append(s.Memberships[m.Kind], g.Name)
	}
	held, err := tx.Authority(u)
	for dialect, rights := range held {
		s.Rights[dialect] = slices.Sorted(maps.Keys(rights))
	}
	return err
}

// manyRights is how many rights of a dialect are listed by name on a terminal.
const manyRights = 8

func (s *shownUser) lines() []string {
	rows := [][]string{
		{"number", fmt.Sprint(s.ID)}, {"uid", s.UID}, {"realm", string(s.Realm)}, {"user name", s.Username}, {"address", s.Email},
		{"name", s.Name}, {"state", s.State}, {"password", s.Password + ", changed " + s.PasswordAt.Format(time.RFC3339)},
		{"created", s.CreatedAt.Format(time.RFC3339)}, {"changed", s.UpdatedAt.Format(time.RFC3339)},
		{"attributes", strings.Join(s.Attributes, ", ")}, {"keys", strings.Join(s.Keys, ", ")},
	}
	for _, kind := range slices.Sorted(maps.Keys(s.Memberships)) {
		rows = append(rows, []string{kind, strings.Join(s.Memberships[kind], ", ")})
	}
	for _, dialect := range slices.Sorted(maps.Keys(s.Rights)) {
		rights := strings.Join(s.Rights[dialect], ", ")
		if n := len(s.Rights[dialect]); n > manyRights {
			rights = fmt.Sprintf("%d rights", n)
		}
		rows = append(rows, []string{"rights in " + dialect, rights})
	}
	return table(rows)
}
