package sqldb

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/seal"
)

// prepared is what PrepareInsert has looked up and nothing has changed since. Without
// it, each insert of an import asks the database about all names and numbers of one
// user, which takes longer than the insert.
type prepared struct {
	names   map[cache.Alias]bool        // no user has
	users   map[int64]bool              // rows that are not there
	members map[int64]bool              // rows of memberships that are not there
	joined  map[int64][]core.Membership // all memberships of users that are there, by row
}

// absentName reports whether it is known that no user has the name.
func absentName(t *tx, a cache.Alias) bool {
	return t.change != nil && t.change.prepared != nil && t.change.prepared.names[a]
}

// absentUser reports whether it is known that the row of a user is not there.
func absentUser(t *tx, row int64) bool {
	return t.change != nil && t.change.prepared != nil && t.change.prepared.users[row]
}

// absentMembership reports whether it is known that the row of a membership is not there.
func absentMembership(t *tx, row int64) bool {
	return t.change != nil && t.change.prepared != nil && t.change.prepared.members[row]
}

// joined returns all memberships of the user with the row number, if they are known.
func joined(t *tx, row int64) (list []core.Membership, known bool) {
	if t.change == nil || t.change.prepared == nil {
		return nil, false
	}
	list, known = t.change.prepared.joined[row]
	return list, known
}

// forget drops what is no longer true when an object changes.
func (p *prepared) forget(k cache.Key) {
	if p != nil && k.Table == tableUsers {
		delete(p.users, k.Row)
		delete(p.joined, k.Row)
	}
}

// named drops the names that a user now has.
func (p *prepared) named(realm scope, e *userEntry) {
	if p == nil || len(p.names) == 0 {
		return
	}
	delete(p.names, userName{aliasUID, e.user.UID}.alias(realm))
	delete(p.names, userName{core.HandleUsername, e.keys.username}.alias(realm))
	delete(p.names, userName{core.HandleEmail, e.keys.email}.alias(realm))
	for _, h := range e.user.Handles {
		delete(p.names, userName(h).alias(realm))
	}
}

// added notes a new user, who is in no group.
func (p *prepared) added(row int64) {
	if p != nil {
		p.joined[row] = nil
	}
}

// PrepareInsert looks up what may be in the way of inserting; see [core.TransferTx].
func (t *tx) PrepareInsert(users []*core.User, memberships []core.Membership) error {
	if err := t.writable(); err != nil {
		return err
	}
	p := &prepared{
		make(map[cache.Alias]bool, 6*len(users)), make(map[int64]bool, len(users)),
		make(map[int64]bool, len(memberships)), make(map[int64][]core.Membership, len(users)+len(memberships)),
	}
	for realm, some := range byRealm(users, func(u *core.User) core.Realm { return u.Realm }) {
		if err := p.lookUpUsers(t, realm, some); err != nil {
			return err
		}
	}
	for realm, some := range byRealm(memberships, func(m core.Membership) core.Realm { return m.Realm }) {
		if err := p.lookUpMemberships(t, realm, some); err != nil {
			return err
		}
	}
	t.change.prepared = p
	return nil
}

func byRealm[T any](list []T, of func(T) core.Realm) map[core.Realm][]T {
	by := map[core.Realm][]T{}
	for _, v := range list {
		by[of(v)] = append(by[of(v)], v)
	}
	return by
}

// lookUpUsers looks for the numbers and names of users: those that no user has are
// noted. A name is looked for as an address, too, and an address as a name.
func (p *prepared) lookUpUsers(t *tx, name core.Realm, users []*core.User) error {
	realm, err := t.realm(name)
	if err != nil || realm == 0 {
		return err
	}
	var rows []int64
	names := map[string][]string{} // by kind
	add := func(kind string, values ...string) {
		for _, v := range values {
			if v != "" && storable(v) && !strings.HasPrefix(v, noEmail) {
				names[kind] = append(names[kind], v)
			}
		}
	}
	for _, u := range users {
		if valid(u.ID) {
			rows = append(rows, realm.row(u.ID))
		}
		add(aliasUID, u.UID)
		username, email := core.Fold(u.Username), core.Fold(u.Email)
		add(core.HandleUsername, username, email)
		add(core.HandleEmail, email, username)
		for _, h := range u.Handles {
			if storable(h.Kind) {
				add(h.Kind, h.Value)
			}
		}
	}
	if err := lookUpRows(t, "users", rows, p.users); err != nil {
		return err
	}
	for kind, values := range names {
		if err := p.lookUpNames(t, realm, kind, values); err != nil {
			return err
		}
	}
	return nil
}

// lookUpRows notes which of the rows are not in the table.
func lookUpRows(t *tx, table string, rows []int64, absent map[int64]bool) error {
	for _, row := range rows {
		absent[row] = true
	}
	for some := range slices.Chunk(rows, maxBound) {
		b := selecting("id", table)
		b.in("id", some)
		found, err := t.numbers(b)
		if err != nil {
			return err
		}
		for _, row := range found {
			delete(absent, row)
		}
	}
	return nil
}

// lookUpNames notes which names of one kind no user has.
func (p *prepared) lookUpNames(t *tx, realm scope, kind string, values []string) error {
	for _, v := range values {
		p.names[userName{kind, v}.alias(realm)] = true
	}
	for some := range slices.Chunk(values, maxBound) {
		b, by := namesQuery(t.db.secrets.ring, realm, kind, some)
		err := t.query(b.text.String(), b.args, func(r Row) error {
			delete(p.names, userName{kind, by(r.Text(0))}.alias(realm))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// namesQuery selects those of the names that some user has, in the form that is
// stored, of which by returns the name.
func namesQuery(ring *seal.Keyring, realm scope, kind string, values []string) (_ *builder, by func(string) string) {
	if column := (userName{Kind: kind}).column(); column != "" {
		b := selecting(column, "users")
		b.and("realm = ?", int64(realm))
		b.inTexts(column, values)
		return b, func(name string) string { return name }
	}
	digests, named := make([]string, len(values)), map[string]string{}
	for i, v := range values {
		digests[i] = ring.Digest(v)
		named[digests[i]] = v
	}
	b := selecting("lookup", "handles")
	b.and("realm = ?", int64(realm))
	b.and("kind = ?", kind)
	b.inTexts("lookup", digests)
	return b, func(digest string) string { return named[digest] }
}

// lookUpMemberships looks for the numbers of memberships, and for all memberships that
// their users have.
func (p *prepared) lookUpMemberships(t *tx, name core.Realm, list []core.Membership) error {
	realm, err := t.realm(name)
	if err != nil || realm == 0 {
		return err
	}
	var rows, members []int64
	for _, m := range list {
		if kind := t.number(kindKey{name, m.Kind}); kind != 0 && valid(m.ID) {
			rows = append(rows, kind.row(m.ID))
		}
		if valid(m.User) {
			members = append(members, realm.row(m.User))
		}
	}
	if err := lookUpRows(t, "memberships", rows, p.members); err != nil {
		return err
	}
	slices.Sort(members)
	for some := range slices.Chunk(slices.Compact(members), maxBound) {
		if err := p.lookUpMembers(t, name, some); err != nil {
			return err
		}
	}
	return nil
}

// lookUpMembers notes the memberships of those users that are there.
func (p *prepared) lookUpMembers(t *tx, realm core.Realm, rows []int64) error {
	there := selecting("id", "users")
	there.in("id", rows)
	found, err := t.numbers(there)
	if err != nil {
		return err
	}
	for _, row := range found {
		p.joined[row] = nil
	}
	b := selecting(membershipColumns, "memberships")
	b.in("member", rows)
	all, err := t.memberships(b, realm)
	if err != nil {
		return err
	}
	no, err := t.realm(realm)
	for _, m := range all {
		row := no.row(m.User)
		p.joined[row] = append(p.joined[row], m)
	}
	return err
}
