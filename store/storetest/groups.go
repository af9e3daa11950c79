package storetest

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
)

var groupCases = []claim{
	{"a group comes back as it was put", groupRoundTrip},
	{"a record comes back as it was put", recordRoundTrip},
	{"a key that is taken is refused", keyTaken},
	{"the longest texts that the core lets through can be found", longestKeys},
	{"kinds are numbered apart, records of one sequence together", sequences},
	{"joining twice is joining once, leaving twice is nothing", joinAndLeave},
	{"dropping a group drops its memberships only", dropGroup},
	{"who is not there cannot join or own", nobodyJoins},
}

// longestKeys are of characters of four bytes that no engine can make shorter.
func longestKeys(t *testing.T, s core.Store) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func(length int) string {
		runes := make([]rune, length)
		for i := range runes {
			runes[i] = 0x20000 + random.Int32N(0xA000)
		}
		return string(runes)
	}
	g := &core.Group{Realm: core.MainRealm, Kind: "x.group", UID: text(core.MaxKey), Key: text(core.MaxKey), Name: text(core.MaxKey)}
	r := &core.Record{Realm: core.MainRealm, Kind: "x.record", Key: text(core.MaxKey), Revision: 1}
	u := person("u")
	u.UID, u.Username, u.Email = text(core.MaxUID), text(core.MaxUsername), text(core.MaxEmail)
	u.SetHandle("x.key", text(core.MaxHandle))
	update(t, s, func(tx core.StoreTx) { must(t, tx.PutGroup(g)); must(t, tx.PutRecord(r)); must(t, tx.PutUser(u)) })
	view(t, s, func(tx core.StoreTx) {
		for _, ref := range []core.GroupRef{{UID: g.UID}, {Key: g.Key}} {
			ref.Realm, ref.Kind = g.Realm, g.Kind
			_, err := tx.GetGroup(ref)
			must(t, err)
		}
		_, err := tx.GetRecord(core.RecordRef{Realm: r.Realm, Kind: r.Kind, Key: r.Key})
		must(t, err)
		for _, ref := range []core.UserRef{core.ByUID(u.Realm, u.UID), core.ByUsername(u.Realm, u.Username), core.ByEmail(u.Realm, u.Email), core.ByHandle(u.Realm, "x.key", u.Handle("x.key"))} {
			_, err := tx.GetUser(ref)
			must(t, err)
		}
	})
}

func groupRoundTrip(t *testing.T, s core.Store) {
	want := &core.Group{
		Realm: core.MainRealm, Kind: "onapp.role", UID: "Ü", Key: "k", Parent: 4, Name: "%_'\"",
		Body: core.NewDocument([]byte("\x00\xff not JSON")), CreatedAt: start, UpdatedAt: start,
	}
	bare := &core.Group{Realm: core.MainRealm, Kind: "onapp.role", UID: "b"}
	update(t, s, func(tx core.StoreTx) { must(t, tx.PutGroup(want)); must(t, tx.PutGroup(bare)) })
	for _, ref := range []core.GroupRef{{ID: 1}, {UID: "Ü"}, {Key: "k"}} {
		ref.Realm, ref.Kind = want.Realm, want.Kind
		view(t, s, func(tx core.StoreTx) {
			got, err := tx.GetGroup(ref)
			must(t, err)
			if diff := cmp.Diff(want, got, sameUsers); diff != "" {
				t.Error(diff)
			}
		})
	}
	view(t, s, func(tx core.StoreTx) {
		got, err := tx.GetGroup(core.GroupRef{Realm: bare.Realm, Kind: bare.Kind, ID: bare.ID})
		must(t, err)
		if diff := cmp.Diff(bare, got, sameUsers); diff != "" {
			t.Error(diff)
		}
	})
}

func recordRoundTrip(t *testing.T, s core.Store) {
	want := &core.Record{
		Realm: core.MainRealm, Kind: "onapp.bucket/x", Key: "Ü", Revision: 1,
		Body: core.NewDocument([]byte{}), CreatedAt: start, UpdatedAt: start,
	}
	numbered := &core.Record{Realm: core.MainRealm, Kind: "onapp.bucket/x", Revision: 1}
	update(t, s, func(tx core.StoreTx) { must(t, tx.PutRecord(want)); must(t, tx.PutRecord(numbered)) })
	if numbered.Key != "2" {
		t.Errorf("the second record's key is %q", numbered.Key)
	}
	view(t, s, func(tx core.StoreTx) {
		for ref, want := range map[core.RecordRef]*core.Record{{ID: 1}: want, {Key: "Ü"}: want, {Key: "2"}: numbered} {
			ref.Realm, ref.Kind = want.Realm, want.Kind
			got, err := tx.GetRecord(ref)
			must(t, err)
			if diff := cmp.Diff(want, got, sameUsers); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func keyTaken(t *testing.T, s core.Store) {
	g := &core.Group{Realm: core.MainRealm, Kind: "g", UID: "u", Key: "k"}
	r := &core.Record{Realm: core.MainRealm, Kind: "r", Key: "k", Revision: 1}
	update(t, s, func(tx core.StoreTx) { must(t, tx.PutGroup(g)); must(t, tx.PutRecord(r)) })
	twin := *g
	twin.ID = 0
	err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutGroup(&twin) })
	want := []core.Fault{{Field: core.FieldUID, Rule: core.Taken}, {Field: core.FieldKey, Rule: core.Taken}}
	if e := core.AsError(err); e == nil || e.Kind != core.Conflict || !cmp.Equal(e.Faults, want) {
		t.Errorf("a group's second key ends with %v", err)
	}
	other := *r
	other.ID = 0
	err = s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutRecord(&other) })
	if e := core.AsError(err); e == nil || e.Kind != core.Conflict || !cmp.Equal(e.Faults, want[1:]) {
		t.Errorf("a record's second key ends with %v", err)
	}
}

func sequences(t *testing.T, s core.Store) {
	update(t, s, func(tx core.StoreTx) {
		for _, want := range []struct {
			kind string
			id   int64
		}{{"o/a", 1}, {"o/b", 2}, {"o", 3}, {"p", 1}, {"o/a", 4}} {
			r := &core.Record{Realm: core.MainRealm, Kind: want.kind, Revision: 1}
			must(t, tx.PutRecord(r))
			if r.ID != want.id {
				t.Errorf("%s got number %d, want %d", want.kind, r.ID, want.id)
			}
		}
	})
}

func joinAndLeave(t *testing.T, s core.Store) {
	u, g := person("ann"), &core.Group{Realm: core.MainRealm, Kind: "g", UID: "u"}
	put(t, s, u)
	m := core.Membership{Realm: u.Realm, Kind: "g", User: 1, Group: 1}
	again := m
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.PutGroup(g))
		must(t, tx.Join(&m))
		must(t, tx.Join(&again))
	})
	if m.ID != 1 || again != m {
		t.Errorf("joined as %v and as %v", m, again)
	}
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.Leave(m))
		must(t, tx.Leave(m))
		must(t, tx.Leave(core.Membership{Realm: "nowhere", Kind: "g", User: 1, Group: 1}))
		must(t, tx.Join(&again))
	})
	if again.ID != 2 {
		t.Errorf("the second membership is number %d", again.ID)
	}
}

func dropGroup(t *testing.T, s core.Store) {
	u, g, h := person("ann"), &core.Group{Realm: core.MainRealm, Kind: "g", UID: "g"}, &core.Group{Realm: core.MainRealm, Kind: "h", UID: "h"}
	put(t, s, u)
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.PutGroup(g))
		must(t, tx.PutGroup(h))
		must(t, tx.Join(&core.Membership{Realm: u.Realm, Kind: "g", User: 1, Group: 1}))
		must(t, tx.Join(&core.Membership{Realm: u.Realm, Kind: "h", User: 1, Group: 1}))
	})
	update(t, s, func(tx core.StoreTx) { must(t, tx.DropGroup(u.Realm, "g", 1)) })
	view(t, s, func(tx core.StoreTx) {
		ms, err := tx.ListMemberships(core.MembershipQuery{Realm: u.Realm, Users: []int64{1}})
		must(t, err)
		if len(ms) != 1 || ms[0].Kind != "h" {
			t.Errorf("left are %v", ms)
		}
		_, err = tx.GetUser(core.ByID(u.Realm, 1))
		must(t, err)
	})
	err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.DropGroup(u.Realm, "g", 1) })
	refused(t, "dropping it again", err, core.NotFound)
}

func nobodyJoins(t *testing.T, s core.Store) {
	put(t, s, person("ann"))
	g := &core.Group{Realm: core.MainRealm, Kind: "g", UID: "g"}
	update(t, s, func(tx core.StoreTx) { must(t, tx.PutGroup(g)) })
	for _, m := range []core.Membership{{User: 2, Group: 1}, {User: 1, Group: 2}, {User: 1 << 40, Group: 1}} {
		m.Realm, m.Kind = g.Realm, g.Kind
		err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.Join(&m) })
		refused(t, "a membership without an end", err, core.NotFound)
	}
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		return tx.PutRecord(&core.Record{Realm: g.Realm, Kind: "r", Owner: 9, Revision: 1})
	})
	refused(t, "a record of nobody", err, core.NotFound)
}
