package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
)

var listCases = []claim{
	{"every order is total, turns round, and is walked page by page", orders},
	{"a prefix is compared byte for byte with the folded name", prefixes},
	{"a search is literal and folds", searches},
	{"a search finds a few among many", searchesMany},
	{"a list of more numbers than a statement can bind", manyIDs},
	{"counting a realm follows every change", counts},
}

// storeMany stores users whose fields are equal, empty and non-ASCII here and there.
func storeMany(t testing.TB, s core.Store) {
	names := []string{"Zoë", "ann", "Bob", "éva", "ÉVB", "a b", "a%", "a_", "日本", "ann2", "ANN3", "z"}
	var users []*core.User
	for i, name := range names {
		u := person(name)
		u.CreatedAt = start.Add(time.Duration(i%3) * time.Microsecond)
		u.UpdatedAt = start.Add(time.Duration(-i%4) * time.Hour)
		switch i % 4 {
		case 0:
			u.Email, u.Name.Formatted, u.UpdatedAt = "", "Éva", time.Time{}
		case 1:
			u.Name = core.Name{Given: "Éva", Family: name}
		}
		users = append(users, u)
	}
	put(t, s, users...)
}

func orders(t *testing.T, s core.Store) {
	storeMany(t, s)
	model := &model{}
	view(t, s, func(tx core.StoreTx) {
		model.users, _ = tx.ListUsers(core.UserQuery{Realm: core.MainRealm})
	})
	for order := core.OrderID; order <= core.OrderUpdatedAt; order++ {
		for _, desc := range []bool{false, true} {
			q := core.UserQuery{Realm: core.MainRealm, Order: order, Desc: desc}
			want, _ := model.ListUsers(q)
			if diff := cmp.Diff(usernames(want), usernames(walk(t, s, q, 5))); diff != "" {
				t.Errorf("order %d, descending %v:\n%s", order, desc, diff)
			}
		}
	}
}

// walk lists everything in pages.
func walk(t *testing.T, s core.Store, q core.UserQuery, size int) (all []*core.User) {
	q.Limit = size
	for {
		var next []*core.User
		view(t, s, func(tx core.StoreTx) {
			var err error
			next, err = tx.ListUsers(q)
			must(t, err)
		})
		all = append(all, next...)
		if len(next) < size {
			return all
		}
		q.After = next[len(next)-1]
	}
}

func usernames(users []*core.User) (names []string) {
	for _, u := range users {
		names = append(names, u.Username)
	}
	return names
}

func prefixes(t *testing.T, s core.Store) {
	storeMany(t, s)
	for prefix, want := range map[string][]string{
		"ann": {"ann", "ann2", "ANN3"}, "a_": {"a_"}, "a%": {"a%"}, "é": {"éva", "ÉVB"}, "É": nil, "\xc3": nil,
		"日": {"日本"}, "": {"Zoë", "ann", "Bob", "éva", "ÉVB", "a b", "a%", "a_", "日本", "ann2", "ANN3", "z"},
	} {
		view(t, s, func(tx core.StoreTx) {
			got, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, UsernamePrefix: prefix})
			must(t, err)
			if diff := cmp.Diff(want, usernames(got)); diff != "" {
				t.Errorf("%q: %s", prefix, diff)
			}
		})
	}
}

func searches(t *testing.T, s core.Store) {
	u := person("Éva_100%")
	u.Name = core.Name{Given: "O'N\x1feil", Family: `"Q\`}
	u.Attributes = core.Attributes{{Name: "town", Value: `"K\u00d6LN \"x\""`}, {Name: "n", Value: "123"}}
	put(t, s, u, person("other"))
	for _, c := range []struct {
		term       string
		field      core.Field
		attributes []string
		found      bool
	}{
		{"éva_", core.FieldUsername, nil, true}, {"_1", core.FieldUsername, nil, true}, {"éva%", core.FieldUsername, nil, false},
		{"0%", core.FieldUsername, nil, true}, {"o'n", core.FieldName, nil, true}, {`"q\`, core.FieldName, nil, true},
		{`l"q`, core.FieldName, nil, false}, {`l "q\`, core.FieldFullName, nil, true}, {`l"q`, core.FieldFullName, nil, false},
		{"n\x1fei", core.FieldName, nil, true}, {"n\x1fei", core.FieldFullName, nil, true}, {"n ei", core.FieldFullName, nil, false},
		{"uid-É", core.FieldUID, nil, false}, {"uid-é", core.FieldUID, nil, true},
		{"@example.com", core.FieldEmail, nil, true}, {"köln \"", "", []string{"town"}, true}, {"köln", "", []string{"n"}, false},
		{"123", "", []string{"n"}, false}, {"\x00", core.FieldUsername, nil, false},
	} {
		view(t, s, func(tx core.StoreTx) {
			got, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Search: core.Search{
				Terms: []string{c.term}, Fields: []core.Field{c.field}, Attributes: c.attributes,
			}})
			must(t, err)
			if slices.Contains(usernames(got), u.Username) != c.found {
				t.Errorf("%q in %q %v found %v", c.term, c.field, c.attributes, usernames(got))
			}
		})
	}
}

func manyIDs(t *testing.T, s core.Store) {
	var users []*core.User
	for i := range 1500 {
		users = append(users, person(fmt.Sprint("u", i)))
	}
	put(t, s, users...)
	ids := []int64{0, -1, 1 << 40, 1<<40 + 1}
	for n := range int64(70000) {
		ids = append(ids, n)
	}
	for _, size := range []int{5, 100, 70000} {
		view(t, s, func(tx core.StoreTx) {
			got, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, IDs: ids[:size]})
			must(t, err)
			if want := min(max(size-5, 0), 1500); len(got) != want {
				t.Errorf("%d numbers list %d users, want %d", size, len(got), want)
			}
		})
	}
}

func counts(t *testing.T, s core.Store) {
	a, b := person("a"), person("b")
	expect := func(when string, all, living int) {
		t.Helper()
		view(t, s, func(tx core.StoreTx) {
			for deleted, want := range map[bool]int{true: all, false: living} {
				got, err := tx.CountUsers(core.UserQuery{Realm: core.MainRealm, Deleted: deleted})
				must(t, err)
				if got != want {
					t.Errorf("%s: counted %d, want %d (deleted: %v)", when, got, want, deleted)
				}
			}
		})
	}
	expect("an unknown realm", 0, 0)
	put(t, s, a, b)
	expect("two users", 2, 2)
	b.DeletedAt, b.Revision = start, 2
	put(t, s, b)
	expect("one marked as deleted", 2, 1)
	b.DeletedAt, b.Revision = time.Time{}, 3
	put(t, s, b)
	expect("back to life", 2, 2)
	update(t, s, func(tx core.StoreTx) { must(t, tx.DropUser(a.Realm, a.ID)) })
	expect("one dropped", 1, 1)
	update(t, s, func(tx core.StoreTx) { must(t, tx.DropRealm(a.Realm)) })
	expect("the realm dropped", 0, 0)
}

// searchesMany searches a realm so large that a store has to leave much of it out.
func searchesMany(t *testing.T, s core.Store) {
	m := &model{last: map[string]int64{}}
	for i := range 3 {
		update(t, s, func(tx core.StoreTx) {
			for j := range 700 {
				u := person(fmt.Sprintf("User-%d", i*700+j))
				u.UID = fmt.Sprintf("Uid-%d-%d", i, j)
				u.Attributes.Set("town", fmt.Sprintf(`"Town %d"`, j%400))
				must(t, tx.PutUser(u))
				m.users = append(m.users, u.Clone())
			}
		})
	}
	change := func(id int64, fn func(*core.User)) {
		update(t, s, func(tx core.StoreTx) {
			u, err := tx.GetUser(core.ByID(core.MainRealm, id))
			must(t, err)
			fn(u)
			u.Revision++
			must(t, tx.PutUser(u))
			m.users[id-1] = u.Clone()
			sameSearches(t, tx, m)
		})
	}
	view(t, s, func(tx core.StoreTx) { sameSearches(t, tx, m) })
	change(1500, func(u *core.User) { u.Username = "Ærøskøbing" })
	change(20, func(u *core.User) { u.Name = core.Name{Given: "Zaphod", Family: "Ærø"} })
	change(900, func(u *core.User) { u.Attributes.Set("town", `"\u00c6r\u00f8"`) })
	change(901, func(u *core.User) { u.UID = "Special-UID" })
	view(t, s, func(tx core.StoreTx) { sameSearches(t, tx, m) })
	if !errors.Is(s.Update(context.Background(), func(tx core.StoreTx) error {
		must(t, tx.DropRealm(core.MainRealm))
		sameSearches(t, tx, &model{})
		return errUndo
	}), errUndo) {
		t.Error("it was not undone")
	}
	view(t, s, func(tx core.StoreTx) { sameSearches(t, tx, m) })
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.DropRealm(core.MainRealm))
		u := person("ærø")
		must(t, tx.PutUser(u))
		m.users = []*core.User{u}
	})
	view(t, s, func(tx core.StoreTx) { sameSearches(t, tx, m) })
}

// sameSearches compares what few and what many users answer to.
func sameSearches(t *testing.T, tx core.StoreTx, m *model) {
	t.Helper()
	all := []core.Field{core.FieldUsername, core.FieldEmail, core.FieldName, core.FieldUID, core.FieldFullName}
	for _, terms := range [][]string{{"ser-1999"}, {"ærø"}, {"town 39"}, {"user"}, {"zaphod ær"}, {"id-2-5"}, {"special"}, {"nowhere", "20"}, {"nowhere", "ser-20"}} {
		for _, fields := range [][]core.Field{all, all[:3], all[3:4], nil} {
			q := core.UserQuery{Realm: core.MainRealm, Order: core.OrderEmail, Limit: 7, Offset: 1, Search: core.Search{Terms: terms, Fields: fields, OrIDs: []int64{3, 2000}}}
			if len(fields) != 3 {
				q.Search.Attributes = []string{"town"}
			}
			got, err := tx.ListUsers(q)
			must(t, err)
			n, err := tx.CountUsers(q)
			must(t, err)
			want, _ := m.ListUsers(q)
			wantN, _ := m.CountUsers(q)
			if diff := cmp.Diff(usernames(want), usernames(got)); diff != "" || n != wantN {
				t.Errorf("%q in %v: %d, want %d\n%s", terms, fields, n, wantN, diff)
			}
		}
	}
}
