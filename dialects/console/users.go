package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

// userFilter is what the form above the list of users selects.
type userFilter struct {
	Realm   core.Realm
	Text    string
	State   string // "", active, disabled or deleted
	Dialect string // "" or a dialect that has data of the user
	Kind    string // kind of the group, as in a link from a group's page
	Group   int64
	After   int64 // what the page goes on behind: the number of a user, or of a membership
}

// usersPage is what the list of users shows.
type usersPage struct {
	Filter   userFilter
	Realms   []core.Realm
	Dialects []string
	Users    []*core.User
	More     string // link to the next page, or to where the search goes on
	Partial  bool   // the search stopped before it had looked at all users
	Count    int    // users of the realm; -1 if a filter is set
}

func (v *visit) home() error {
	v.redirect("users")
	return nil
}

func (v *visit) filter() userFilter {
	q := v.r.URL.Query()
	f := userFilter{Realm: core.Realm(q.Get("realm")), Text: q.Get("q"), State: q.Get("state"), Dialect: q.Get("dialect"), Kind: q.Get("kind")}
	if f.Realm == "" {
		f.Realm = core.MainRealm
	}
	f.Group, _ = strconv.ParseInt(q.Get("group"), 10, 64)
	f.After, _ = strconv.ParseInt(q.Get("after"), 10, 64)
	return f
}

// link is the list's address below the base with this filter, after that user.
func (f userFilter) link(after int64) string {
	q := url.Values{"realm": {string(f.Realm)}, "after": {strconv.FormatInt(after, 10)}}
	for name, value := range map[string]string{"q": f.Text, "state": f.State, "dialect": f.Dialect, "kind": f.Kind} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Group != 0 {
		q.Set("group", strconv.FormatInt(f.Group, 10))
	}
	return "users?" + q.Encode()
}

// narrowed reports whether the filter leaves users out.
func (f userFilter) narrowed() bool {
	return f.Text != "" || f.State != "" || f.Dialect != "" || f.Group != 0
}

func (f userFilter) query(limit int, scan *core.Scan) core.UserQuery {
	q := core.UserQuery{Realm: f.Realm, AfterID: f.After, Deleted: f.State == "deleted", Limit: limit}
	if f.Text != "" {
		q.Search = core.Search{Terms: []string{core.Fold(f.Text)}, Scan: scan,
			Fields: []core.Field{core.FieldUsername, core.FieldEmail, core.FieldName, core.FieldFullName}}
	}
	return q
}

// matches reports whether the user is in the state and known to the dialect: what
// no index of the store finds.
func (f userFilter) matches(u *core.User, tx *core.Tx) bool {
	if u.DeletedAt.IsZero() == (f.State == "deleted") {
		return false
	}
	active := u.Active(tx.Now())
	switch f.State {
	case "active":
		if !active {
			return false
		}
	case "disabled":
		if active {
			return false
		}
	}
	return f.Dialect == "" || slices.ContainsFunc(u.Facets, func(x core.Facet) bool { return x.Dialect == f.Dialect })
}

func (v *visit) listUsers() error {
	p := usersPage{Filter: v.filter(), Dialects: v.dialectNames()}
	err := v.view(func(tx *core.Tx) (err error) {
		if p.Realms, err = customerRealms(tx); err != nil {
			return err
		}
		p.Count = -1
		if !p.Filter.narrowed() {
			if p.Count, err = tx.CountUsers(core.UserQuery{Realm: p.Filter.Realm}); err != nil {
				return err
			}
		}
		if err := p.fill(tx); err != nil {
			return err
		}
		return p.addByUID(tx)
	})
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "users", p)
}

// customerRealms lists the realms that customers have; the main one is always there.
func customerRealms(tx *core.Tx) ([]core.Realm, error) {
	all, err := tx.Realms()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(slices.Clone(all), core.Realm.Reserved)
	if !slices.Contains(all, core.MainRealm) {
		all = append(all, core.MainRealm)
	}
	slices.Sort(all)
	return all, nil
}

func (v *visit) dialectNames() (names []string) {
	for _, d := range v.cfg.Dialects {
		names = append(names, d.Name())
	}
	return names
}

// pathID returns the number in the request's path.
func (v *visit) pathID() (int64, error) {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("number %q: %w", v.r.PathValue("id"), core.ErrNotFound)
	}
	return id, nil
}

// pathUser reads the user in the request's path, one marked as deleted too.
func (v *visit) pathUser(tx *core.Tx) (*core.User, error) {
	id, err := v.pathID()
	if err != nil {
		return nil, err
	}
	return tx.UserIncludingDeleted(core.ByID(core.Realm(v.r.PathValue("realm")), id))
}
