package storetest

import (
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
	{"a list of more numbers than a statement can bind", manyIDs},
	{"counting a realm follows every change", counts},
}

// crowd stores users whose fields are equal, empty and non-ASCII here and there.
func crowd(t testing.TB, s core.Store) {
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
	crowd(t, s)
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
		q.Behind = next[len(next)-1]
	}
}

func usernames(users []*core.User) (names []string) {
	for _, u := range users {
		names = append(names, u.Username)
	}
	return names
}

func prefixes(t *testing.T, s core.Store) {
	crowd(t, s)
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
	u.Name = core.Name{Given: "O'Neil", Family: `"Q\`}
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
