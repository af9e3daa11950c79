package userload_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/internal/userload"
)

// counting counts the queries of views.
type counting struct {
	core.Store
	queries int
}

func (c *counting) View(ctx context.Context, fn func(core.StoreTx) error) error {
	return c.Store.View(ctx, func(tx core.StoreTx) error { return fn(&countingTx{tx, c}) })
}

type countingTx struct {
	core.StoreTx
	c *counting
}

func (tx *countingTx) GetGroup(ref core.GroupRef) (*core.Group, error) {
	tx.c.queries++
	return tx.StoreTx.GetGroup(ref)
}

func (tx *countingTx) ListGroups(q core.GroupQuery) ([]*core.Group, error) {
	tx.c.queries++
	return tx.StoreTx.ListGroups(q)
}

func (tx *countingTx) ListMemberships(q core.MembershipQuery) ([]core.Membership, error) {
	tx.c.queries++
	return tx.StoreTx.ListMemberships(q)
}

// populated stores 100 users. Each is a member of the teams t1, t2 and t3, in an
// order that turns from user to user, and of nothing else but a group that no
// test loads; all teams but t3, which has none, are children of clubs.
func populated(t *testing.T) (*core.Directory, *counting, []*core.User) {
	t.Helper()
	store := &counting{Store: dialecttest.SQLite().Open(t)}
	dir, _ := coretest.Directory(t, store)
	var users []*core.User
	err := dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error {
		users = nil
		groups := []*core.Group{
			{Kind: "x.other", Name: "o"}, {Kind: "x.club", Name: "c1"}, {Kind: "x.club", Name: "c2"}, {Kind: "x.club", Name: "c3"},
			{Kind: "x.team", Name: "t1", Parent: 2}, {Kind: "x.team", Name: "t2", Parent: 1}, {Kind: "x.team", Name: "t3"},
		}
		for _, g := range groups {
			g.Realm = core.MainRealm
			if err := tx.SaveGroup(g); err != nil {
				return err
			}
		}
		for i := range 100 {
			u := coretest.User(fmt.Sprint("user", i))
			if err := tx.AddUser(u); err != nil {
				return err
			}
			users = append(users, u)
			for n := range 3 {
				if _, err := tx.Join(u, groups[4+(i+n)%3]); err != nil {
					return err
				}
			}
			if _, err := tx.Join(u, groups[0]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, store, users
}

func load(t *testing.T, dir *core.Directory, users []*core.User, kinds ...userload.Kind) (g *userload.Groups) {
	t.Helper()
	err := dir.View(t.Context(), func(tx *core.Tx) (err error) {
		g, err = userload.Load(tx, users, kinds...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func names(groups []*core.Group) (all []string) {
	for _, g := range groups {
		all = append(all, g.Name)
	}
	return all
}

var teams = []userload.Kind{{Name: "x.team", Parent: "x.club"}, {Name: "x.club"}}

func TestLoadFindsTheGroupsOfEachUser(t *testing.T) {
	dir, _, users := populated(t)
	slices.Reverse(users) // a list may have any order
	g := load(t, dir, users, teams...)
	for id, want := range map[int64][]string{1: {"t1", "t2", "t3"}, 2: {"t2", "t3", "t1"}, 100: {"t1", "t2", "t3"}} {
		if have := names(g.Of(id, "x.team")); !slices.Equal(have, want) {
			t.Errorf("user %d has %q, want %q", id, have, want)
		}
	}
	if have := slices.Concat(g.Of(1, "x.club"), g.Of(1, "x.other"), g.Of(101, "x.team")); have != nil {
		t.Errorf("found %q", names(have))
	}
}

func TestLoadFindsParentsAndFurtherGroups(t *testing.T) {
	dir, _, users := populated(t)
	g := load(t, dir, users[:1], teams...)
	if c2 := g.Find("x.club", 2); c2 == nil || c2.Name != "c2" {
		t.Errorf("the parent of t1 is %v", c2)
	}
	if g.Find("x.club", 3) != nil || g.Find("x.club", 0) != nil || g.Find("x.other", 1) != nil {
		t.Error("more was loaded than is needed")
	}
	g = load(t, dir, users[:1], userload.Kind{Name: "x.club", IDs: []int64{3, 9}})
	if c3 := g.Find("x.club", 3); c3 == nil || g.Find("x.club", 9) != nil {
		t.Errorf("the further groups are %v and %v", c3, g.Find("x.club", 9))
	}
}

func TestLoadTakesAsManyQueriesForOneUserAsForMany(t *testing.T) {
	dir, store, users := populated(t)
	for _, c := range []struct {
		users   []*core.User
		kinds   []userload.Kind
		queries int
	}{
		{users[:1], teams, 3},
		{users, teams, 3},
		{users, []userload.Kind{{Name: "x.team"}}, 2},
		{users, []userload.Kind{{Name: "x.nothing"}}, 1},
		{nil, teams, 0},
	} {
		store.queries = 0
		load(t, dir, c.users, c.kinds...)
		if store.queries != c.queries {
			t.Errorf("%d users with %v take %d queries, want %d", len(c.users), c.kinds, store.queries, c.queries)
		}
	}
}
