package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
)

// largeCases are about what a store does otherwise when there is much of something.
var largeCases = []claim{
	{"a page far behind follows every change", farPages},
	{"a search that stops goes on where it stopped", boundedSearches},
	{"records are found by how their keys begin", keyPrefixes},
	{"a few of very many holders of handles are listed", someHolders},
	{"notes are renewed, listed and removed, and go after a day", notes},
}

// farPages has users with gaps between their numbers, some of them marked as deleted.
func farPages(t *testing.T, s core.Store) {
	put(t, s, &core.User{Realm: "there", UID: "x", Username: "x", Revision: 1})
	m := &model{last: map[string]int64{}}
	insert := func(tx core.StoreTx, from, to int) {
		for i := from; i < to; i++ {
			u := person(fmt.Sprint("u", i))
			u.ID, u.Email = int64(10*i), ""
			if i%7 == 0 {
				u.DeletedAt = start
			}
			must(t, tx.InsertUser(u))
			m.users = append(m.users, u.Clone())
		}
	}
	update(t, s, func(tx core.StoreTx) { insert(tx, 1, 2401); sameFarPages(t, tx, m) })
	view(t, s, func(tx core.StoreTx) { sameFarPages(t, tx, m) })
	update(t, s, func(tx core.StoreTx) {
		for _, id := range []int64{10, 20, 70, 20480, 24000} {
			must(t, tx.DropUser(core.MainRealm, id))
			must(t, m.DropUser(core.MainRealm, id))
		}
		u, err := tx.GetUser(core.ByID(core.MainRealm, 140))
		must(t, err)
		u.DeletedAt, u.Revision = start.AddDate(-9, 0, 0), u.Revision+1
		must(t, tx.PutUser(u))
	})
	update(t, s, func(tx core.StoreTx) { insert(tx, 2400, 2500) })
	view(t, s, func(tx core.StoreTx) { sameFarPages(t, tx, m) })
	update(t, s, func(tx core.StoreTx) {
		insert(tx, 2500, 2600)
		must(t, tx.DropRealm(core.MainRealm))
		m.users = nil
		insert(tx, 1, 2201)
	})
	view(t, s, func(tx core.StoreTx) { sameFarPages(t, tx, m) })
}

func sameFarPages(t *testing.T, tx core.StoreTx, m *model) {
	t.Helper()
	for _, offset := range []int{2047, 2048, 2049, 2150, 2399, 2400, 9999} {
		for _, desc := range []bool{false, true} {
			for _, deleted := range []bool{false, true} {
				q := core.UserQuery{Realm: core.MainRealm, Desc: desc, Deleted: deleted, Offset: offset, Limit: 3}
				got, err := tx.ListUsers(q)
				must(t, err)
				want, _ := m.ListUsers(q)
				if diff := cmp.Diff(usernames(want), usernames(got)); diff != "" {
					t.Errorf("behind %d, descending %v, deleted %v:\n%s", offset, desc, deleted, diff)
				}
			}
		}
	}
}

func boundedSearches(t *testing.T, s core.Store) {
	for i := range 3 {
		update(t, s, func(tx core.StoreTx) {
			for j := range 600 {
				u := person(fmt.Sprintf("user-%d", i*600+j))
				u.Email = ""
				must(t, tx.PutUser(u))
			}
		})
	}
	for _, term := range []string{"7", "-17", "ser-1799", "nowhere", "1"} {
		q := core.UserQuery{Realm: core.MainRealm, Search: core.Search{Terms: []string{term}, Fields: []core.Field{core.FieldUsername, core.FieldFullName}}}
		var want []*core.User
		view(t, s, func(tx core.StoreTx) { want, _ = tx.ListUsers(q) })
		got, stops := searchOn(t, s, q)
		if !slices.Equal(usernames(want), got) || stops == 0 && term == "7" {
			t.Errorf("%q found %d users with %d stops, want %d", term, len(got), stops, len(want))
		}
	}
}

// searchOn searches in parts, each of which looks at few users.
func searchOn(t *testing.T, s core.Store, q core.UserQuery) (names []string, stops int) {
	t.Helper()
	for {
		scan := core.Scan{Most: 1}
		q.Limit, q.Search.Scan = 50, &scan
		var page []*core.User
		view(t, s, func(tx core.StoreTx) {
			var err error
			page, err = tx.ListUsers(q)
			must(t, err)
		})
		names = append(names, usernames(page)...)
		switch {
		case scan.Stopped != 0:
			stops++
			q.AfterID = scan.Stopped
		case len(page) < q.Limit:
			return names, stops
		default:
			q.AfterID = page[len(page)-1].ID
		}
	}
}

func keyPrefixes(t *testing.T, s core.Store) {
	update(t, s, func(tx core.StoreTx) {
		for _, key := range []string{"a/1", "a/2", "a0", "b/1", "", "12", "", "é/1"} {
			must(t, tx.PutRecord(&core.Record{Realm: core.MainRealm, Kind: "p", Key: key, Revision: 1}))
		}
		must(t, tx.PutRecord(&core.Record{Realm: core.MainRealm, Kind: "q", Key: "a/1", Revision: 1}))
	})
	view(t, s, func(tx core.StoreTx) {
		for prefix, want := range map[string][]int64{"a/": {1, 2}, "a": {1, 2, 3}, "1": {6}, "12": {6}, "5": {5}, "7": {7}, "é": {8}, "x": nil, "": {1, 2, 3, 4, 5, 6, 7, 8}, "\x00": nil} {
			found, err := tx.ListRecords(core.RecordQuery{Realm: core.MainRealm, Kind: "p", KeyPrefix: prefix})
			must(t, err)
			var got []int64
			for _, r := range found {
				got = append(got, r.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", prefix, got, want)
			}
		}
	})
}

func someHolders(t *testing.T, s core.Store) {
	a, b, c := person("a"), person("b"), person("c")
	a.Handles, b.Handles = []core.Handle{{Kind: "k", Value: "1"}}, []core.Handle{{Kind: "k", Value: "2"}}
	b.DeletedAt, c.Handles = start, []core.Handle{{Kind: "other", Value: "3"}}
	put(t, s, a, b, c)
	for _, want := range []struct {
		deleted bool
		limit   int
		n       int
	}{{true, 0, 2}, {true, 1, 1}, {false, 5, 1}} {
		view(t, s, func(tx core.StoreTx) {
			got, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, HandleKind: "k", Order: core.OrderHandle, Deleted: want.deleted, Limit: want.limit})
			must(t, err)
			if len(got) != want.n || got[0].Handle("k") == "" {
				t.Errorf("%+v lists %v", want, usernames(got))
			}
		})
	}
}

func notes(t *testing.T, s core.Store) {
	n, ctx := s.(core.Noter), t.Context()
	put := func(name, text string, at time.Time) {
		t.Helper()
		must(t, n.Note(ctx, core.Note{Name: name, At: at, Text: text}))
	}
	expect := func(want ...core.Note) {
		t.Helper()
		got, err := n.Notes(ctx, "a/")
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	expect()
	put("a/1", "old", start)
	put("a/1", "new", start.Add(time.Hour))
	put("a/2", "é", start)
	put("b/1", "x", start)
	expect(core.Note{Name: "a/1", At: start.Add(time.Hour), Text: "new"}, core.Note{Name: "a/2", At: start, Text: "é"})
	put("b/1", "y", start.Add(24*time.Hour+time.Minute))
	expect(core.Note{Name: "a/1", At: start.Add(time.Hour), Text: "new"})
	must(t, n.EndNote(ctx, "a/1"))
	must(t, n.EndNote(ctx, "a/1"))
	expect()
}
