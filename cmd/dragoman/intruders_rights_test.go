package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// accountsRealm is where Syncano keeps the accounts and their roles.
const accountsRealm core.Realm = "syncano:accounts"

// holdings is who holds what, by names such as "user ann" and "record KEY".
type holdings struct {
	realms    map[string]core.Realm
	authority map[string]core.Authority
	users     map[int64]*core.User
	// credentials are the records that authenticate or restrict users, by owner.
	credentials map[int64][]string
}

func (w *intruders) holdings() *holdings {
	w.t.Helper()
	h := &holdings{map[string]core.Realm{}, map[string]core.Authority{}, map[int64]*core.User{}, map[int64][]string{}}
	err := w.dir.View(w.t.Context(), func(tx *core.Tx) error {
		users, err := tx.Users(core.UserQuery{Realm: core.MainRealm, Deleted: true})
		if err != nil {
			return err
		}
		for _, u := range users {
			a, err := tx.Authority(u)
			if err != nil {
				return err
			}
			h.users[u.ID] = u.Clone()
			h.authority["user "+u.Username], h.realms["user "+u.Username] = a, u.Realm
		}
		for _, d := range w.mux {
			if err := w.addRecords(tx, h, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// addRecords adds the records of a dialect that confer rights or are credentials.
func (w *intruders) addRecords(tx *core.Tx, h *holdings, dialect any) error {
	if d, ok := dialect.(core.RecordAuthority); ok {
		for _, kind := range d.AuthorityRecords() {
			for _, realm := range []core.Realm{core.MainRealm, accountsRealm} {
				rows, err := tx.Records(core.RecordQuery{Realm: realm, Kind: kind})
				if err != nil {
					return err
				}
				for _, r := range rows {
					if err := addRecord(tx, h, d, r); err != nil {
						return err
					}
				}
			}
		}
	}
	if d, ok := dialect.(core.RecordGuard); ok {
		for _, kind := range d.GuardedRecords() {
			rows, err := tx.Records(core.RecordQuery{Realm: core.MainRealm, Kind: kind})
			if err != nil {
				return err
			}
			for _, r := range rows {
				h.credentials[r.Owner] = append(h.credentials[r.Owner], fmt.Sprint(kind, r.ID, r.Key, string(r.Body.Text())))
			}
		}
	}
	return nil
}

// addRecord names an API key by its key and a role by the key of its account.
func addRecord(tx *core.Tx, h *holdings, d core.RecordAuthority, r *core.Record) error {
	rights, err := d.RecordRights(r)
	if err != nil {
		return err
	}
	name := "record " + r.Key
	if r.Realm == accountsRealm && r.Owner != 0 {
		account, err := tx.User(core.ByID(accountsRealm, r.Owner))
		if err != nil {
			return err
		}
		name = "role " + account.Handle("syncano.account_key") + " " + r.Key
	}
	h.authority[name] = core.NewAuthority(d.(core.AuthoritySource).Name(), rights...)
	h.realms[name] = r.Realm
	return nil
}

// violations lists what the callers reached that they must not.
func (w *intruders) violations() (broken []string) {
	now := w.holdings()
	for _, who := range slices.Sorted(maps.Keys(now.authority)) {
		if has := now.authority[who]; !sum(w.start.authority[who], w.rights[now.realms[who]]).Holds(has) {
			broken = append(broken, fmt.Sprintf("%s holds %v, at the start %v", who, has, w.start.authority[who]))
		}
	}
	for id, before := range w.start.users {
		if !w.rights[before.Realm].Holds(w.start.authority["user "+before.Username]) {
			broken = append(broken, w.changed(before, now.users[id], w.start.credentials[id], now.credentials[id])...)
		}
	}
	return broken
}

// changed lists what differs of the login data, the credentials and the status of a
// user who holds rights that the callers lack.
func (w *intruders) changed(a, b *core.User, before, after []string) (broken []string) {
	if b == nil {
		return []string{a.Username + " was removed"}
	}
	login := func(u *core.User) []any {
		handles := slices.SortedFunc(slices.Values(u.Handles), func(x, y core.Handle) int { return strings.Compare(x.Kind+x.Value, y.Kind+y.Value) })
		return []any{u.Username, u.Email, u.Password, u.UID, u.Enabled, u.EnabledUntil.UTC(), u.DeletedAt.UTC(), fmt.Sprint(handles)}
	}
	if !reflect.DeepEqual(login(a), login(b)) {
		broken = append(broken, fmt.Sprintf("%s was changed: %v, then %v", a.Username, login(a), login(b)))
	}
	if !slices.Equal(before, after) {
		broken = append(broken, fmt.Sprintf("the credentials of %s were changed: %v, then %v", a.Username, before, after))
	}
	for _, d := range w.mux {
		if g, ok := d.(core.FacetGuard); ok && g.GuardedFacetChanged(a.Facets.Get(d.Name()), b.Facets.Get(d.Name())) {
			broken = append(broken, fmt.Sprintf("the status of %s was changed in %s", a.Username, d.Name()))
		}
	}
	return broken
}
