package archive

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// user applies a row of a user: it is looked for, and added, changed or left alone.
func (r *run) user(l *User) (Verdict, error) {
	u := l.core(r.opts.Realm)
	for _, f := range u.Facets {
		if !json.Valid(f.Doc.Text()) { // which no store takes
			return "", Refusal(fmt.Sprintf("the facet of %s is not JSON", f.Dialect))
		}
	}
	groups, err := r.groupsOf(u.Realm, l.Groups)
	if err != nil {
		return "", err
	}
	if err := r.tx.CheckImport(u); err != nil {
		return "", err
	}
	old, removed, err := r.storedUser(l, u)
	switch {
	case removed:
		return Skipped, nil
	case core.KindOf(err) == core.NotFound:
		verdict, err := r.addUser(u, groups)
		return r.cameFrom(l, u, verdict, err)
	case err != nil:
		return "", err
	}
	verdict, err := r.changeUser(l, u, old, groups)
	return r.cameFrom(l, old, verdict, err)
}

// storedUser finds the stored user that the row means. removed reports that it came
// from the row's origin before and was removed here since, so that it must not come again.
func (r *run) storedUser(l *User, u *core.User) (old *core.User, removed bool, err error) {
	if l.Origin != nil {
		old, known, err := r.tx.ByOrigin(u.Realm, l.Origin.core())
		if known || core.KindOf(err) != core.NotFound {
			return old, known && core.KindOf(err) == core.NotFound, err
		}
	}
	old, err = r.findUser(u)
	return old, false, err
}

// cameFrom remembers which user of the vendor the stored user is.
func (r *run) cameFrom(l *User, u *core.User, verdict Verdict, err error) (Verdict, error) {
	if err != nil || l.Origin == nil {
		return verdict, err
	}
	return verdict, r.tx.SaveOrigin(u, l.Origin.core())
}

// findUser finds the stored user that the row means.
func (r *run) findUser(u *core.User) (*core.User, error) {
	var ref core.UserRef
	switch {
	case r.opts.Match == "id":
		ref = core.ByID(u.Realm, u.ID)
	case r.opts.Match == "uid" || r.opts.Match == "" && u.UID != "":
		ref = core.ByUID(u.Realm, u.UID)
	case r.opts.Match == "email":
		ref = core.ByEmail(u.Realm, u.Email)
	default:
		ref = core.ByUsername(u.Realm, u.Username)
	}
	return r.tx.UserIncludingDeleted(ref)
}

func (r *run) addUser(u *core.User, groups []*core.Group) (Verdict, error) {
	id := u.ID
	if !r.opts.KeepNames {
		if err := r.tx.CheckNewNames(u); err != nil {
			return "", err
		}
	}
	if err := r.tx.ImportUser(u); err != nil {
		if !r.opts.Renumber || !idTaken(err) {
			return "", err
		}
		u.ID = 0
		if err := r.tx.ImportUser(u); err != nil {
			return "", err
		}
	}
	r.remember(u, id)
	r.provision(u)
	return Added, r.join(u, groups)
}

// provision makes the dialects look at a stored user again, once the import is done.
func (r *run) provision(u *core.User) {
	if first := r.first[u.Realm]; first == 0 || u.ID < first {
		r.first[u.Realm] = u.ID
	}
}

// idTaken reports whether nothing but the number is taken.
func idTaken(err error) bool {
	e := core.AsError(err)
	return e != nil && len(e.Faults) == 1 && e.Faults[0].Field == core.FieldID && e.Faults[0].Rule == core.Taken
}

// remember keeps the number that the user of the source has in the store.
func (r *run) remember(u *core.User, id int64) {
	if id != 0 && id != u.ID {
		r.renamed[userNumber{u.Realm, id}] = u.ID
	}
}

// changeUser compares the row with the stored user. What the row does not have
// stays as it is.
func (r *run) changeUser(l *User, u, old *core.User, groups []*core.Group) (Verdict, error) {
	if u.ID != 0 && u.ID != old.ID && !r.opts.Renumber {
		return "", Refusal(fmt.Sprintf("the user exists with the number %d", old.ID))
	}
	r.remember(old, u.ID)
	merged := merge(l, u, old)
	missing, err := r.missing(old, groups)
	if err != nil {
		return "", err
	}
	if sameUser(merged, old) && len(missing) == 0 {
		return Unchanged, nil
	}
	return r.conflict("user", func() error {
		r.provision(old)
		if !sameUser(merged, old) {
			if err := r.tx.SaveUserKeepingUpdatedAt(merged); err != nil {
				return err
			}
		}
		return r.join(merged, missing)
	})
}

// merge returns old with all that the row brings.
func merge(l *User, u, old *core.User) *core.User {
	m := old.Clone()
	m.Username = u.Username
	set(&m.UID, u.UID)
	set(&m.Email, u.Email)
	set(&m.Password, u.Password)
	set(&m.Name.Formatted, u.Name.Formatted)
	set(&m.Name.Given, u.Name.Given)
	set(&m.Name.Family, u.Name.Family)
	if l.Enabled != nil {
		m.Enabled = u.Enabled
	}
	set(&m.EnabledUntil, u.EnabledUntil)
	set(&m.CreatedAt, u.CreatedAt)
	set(&m.UpdatedAt, u.UpdatedAt)
	set(&m.PasswordChangedAt, u.PasswordChangedAt)
	set(&m.DeletedAt, u.DeletedAt)
	for _, a := range u.Attributes {
		m.Attributes.Set(a.Name, a.Value)
	}
	m.Handles = slices.DeleteFunc(m.Handles, func(h core.Handle) bool {
		return slices.ContainsFunc(u.Handles, func(o core.Handle) bool { return o.Kind == h.Kind })
	})
	m.Handles = append(m.Handles, u.Handles...)
	for _, f := range u.Facets {
		m.Facets.Set(f.Dialect, f.Doc.Text())
	}
	return m
}

func set[T comparable](to *T, v T) {
	var none T
	if v != none {
		*to = v
	}
}

func sameUser(a, b *core.User) bool {
	return a.UID == b.UID && a.Username == b.Username && a.Email == b.Email && a.Name == b.Name && a.Password == b.Password &&
		a.Enabled == b.Enabled && a.EnabledUntil.Equal(b.EnabledUntil) && a.CreatedAt.Equal(b.CreatedAt) &&
		a.UpdatedAt.Equal(b.UpdatedAt) && a.PasswordChangedAt.Equal(b.PasswordChangedAt) && a.DeletedAt.Equal(b.DeletedAt) &&
		slices.Equal(a.Attributes, b.Attributes) && sameHandles(a.Handles, b.Handles) && sameFacets(a.Facets, b.Facets)
}

func sameHandles(a, b []core.Handle) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(h core.Handle) bool { return !slices.Contains(b, h) })
}

func sameFacets(a, b core.Facets) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(f core.Facet) bool { return !sameText(f.Doc, b.Get(f.Dialect)) })
}

// groupsOf finds the groups that a row names by key, UID or name.
func (r *run) groupsOf(realm core.Realm, names map[string][]string) (groups []*core.Group, err error) {
	for kind, list := range names {
		for _, name := range list {
			g, err := FindGroup(r.tx, realm, kind, name)
			if err != nil {
				return nil, err
			}
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// FindGroup finds a group by its key, or else its UID, or else its name.
func FindGroup(tx *core.Tx, realm core.Realm, kind, name string) (*core.Group, error) {
	for _, ref := range []core.GroupRef{{Key: name}, {UID: name}} {
		ref.Realm, ref.Kind = realm, kind
		if g, err := tx.Group(ref); err == nil || core.KindOf(err) != core.NotFound {
			return g, err
		}
	}
	all, err := tx.Groups(core.GroupQuery{Realm: realm, Kind: kind})
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(g *core.Group) bool { return g.Name == name }); i >= 0 {
		return all[i], nil
	}
	return nil, Refusal(fmt.Sprintf("the group %s %q does not exist", kind, name))
}

// missing returns the groups that the user is not a member of.
func (r *run) missing(u *core.User, groups []*core.Group) (list []*core.Group, err error) {
	if len(groups) == 0 {
		return nil, nil
	}
	members, err := r.tx.Memberships(core.MembershipQuery{Realm: u.Realm, Users: []int64{u.ID}})
	for _, g := range groups {
		if !slices.ContainsFunc(members, func(m core.Membership) bool { return m.Kind == g.Kind && m.Group == g.ID }) {
			list = append(list, g)
		}
	}
	return list, err
}

func (r *run) join(u *core.User, groups []*core.Group) error {
	for _, g := range groups {
		if _, err := r.tx.Join(u, g); err != nil {
			return err
		}
	}
	return nil
}

// keepTimes gives a row without times those of the stored object.
func keepTimes(created, updated *time.Time, oldCreated, oldUpdated time.Time) {
	if created.IsZero() {
		*created = oldCreated
	}
	if updated.IsZero() {
		*updated = oldUpdated
	}
}
