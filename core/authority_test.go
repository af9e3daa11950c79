package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
)

// roles is a dialect whose groups of kind NAME.role confer the rights that their
// bodies list.
type roles struct{ name string }

func (r roles) Name() string             { return r.name }
func (r roles) AuthorityKinds() []string { return []string{r.name + ".role"} }
func (r roles) GuardedRecords() []string { return []string{r.name + ".key"} }
func (r roles) GroupRights(g *core.Group) ([]string, error) {
	return strings.Fields(string(g.Body.Text())), nil
}
func (r roles) AuthorityRecords() []string { return []string{r.name + ".flags"} }
func (r roles) RecordRights(rec *core.Record) ([]string, error) {
	return strings.Fields(string(rec.Body.Text())), nil
}
func (r roles) GuardedFacetChanged(a, b *core.Document) bool {
	return string(a.Text()) != string(b.Text())
}

// population is a directory with a user for each name and roles for "a" and "b".
type population struct {
	*core.Directory
	t     testing.TB
	users map[string]*core.User
	roles map[string]*core.Group
}

func authorities(t testing.TB, names ...string) *population {
	t.Helper()
	s, err := store.Open(context.Background(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d, _ := coretest.Directory(t, s)
	d.AddAuthoritySource(roles{"a"})
	d.AddAuthoritySource(roles{"b"})
	p := &population{d, t, map[string]*core.User{}, map[string]*core.Group{}}
	p.as(core.Operator(), func(tx *core.Tx) error {
		for _, name := range names {
			u := &core.User{Realm: core.MainRealm, Username: name, Enabled: true}
			if err := tx.AddUser(u); err != nil {
				return err
			}
			p.users[name] = u
		}
		for _, role := range []string{"a.role users", "a.role users keys", "b.role call"} {
			kind, rights, _ := strings.Cut(role, " ")
			g := &core.Group{Realm: core.MainRealm, Kind: kind, Name: role, Body: core.NewDocument([]byte(rights))}
			if err := tx.SaveGroup(g); err != nil {
				return err
			}
			p.roles[role] = g
		}
		return nil
	})
	return p
}

func (p *population) as(who core.Actor, fn func(*core.Tx) error) error {
	p.t.Helper()
	err := p.Update(context.Background(), who, fn)
	if who.IsOperator() && err != nil {
		p.t.Fatal(err)
	}
	return err
}

func (p *population) grant(name string, list ...string) {
	p.t.Helper()
	_ = p.as(core.Operator(), func(tx *core.Tx) error {
		for _, role := range list {
			if _, err := tx.Join(p.users[name], p.roles[role]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *population) change(who core.Actor, name string, fn func(*core.User)) error {
	p.t.Helper()
	return p.as(who, func(tx *core.Tx) error {
		u, err := tx.UserIncludingDeleted(core.ByID(core.MainRealm, p.users[name].ID))
		if err != nil {
			return err
		}
		fn(u)
		return tx.SaveUser(u)
	})
}

func (p *population) actor(dialect, name string, proof core.Proof) core.Actor {
	return core.ActingUser(dialect, p.users[name], proof)
}

// guarded are the changes that take a user's account over, or take it away.
var guarded = map[string]func(*core.User){
	"password": func(u *core.User) { u.Password = "other" },
	"username": func(u *core.User) { u.Username += "x" },
	"email":    func(u *core.User) { u.Email = "x@example.com" },
	"handle":   func(u *core.User) { u.SetHandle("a.key", "k") },
	"disabled": func(u *core.User) { u.Enabled = false },
	"expiry":   func(u *core.User) { u.EnabledUntil = time.Unix(1, 0) },
	"deleted":  func(u *core.User) { u.DeletedAt = time.Unix(1, 0) },
	"facet":    func(u *core.User) { u.Facets.Set("a", []byte(`{"locked":true}`)) },
}

func TestOnlyEqualAuthorityChangesCredentials(t *testing.T) {
	for change, fn := range guarded {
		p := authorities(t, "boss", "clerk", "guest")
		p.grant("boss", "a.role users keys", "b.role call")
		p.grant("clerk", "a.role users keys")
		cases := map[string]struct {
			who  core.Actor
			name string
			ok   bool
		}{
			"anonymous, ordinary user":         {core.Actor{}, "guest", true},
			"an API key, a user with power":    {core.ActingKey("c", nil), "clerk", false},
			"less power in another dialect":    {p.actor("a", "clerk", core.ProofSecret), "boss", false},
			"power in another dialect":         {keyWith(core.NewAuthority("c", "all")), "clerk", false},
			"a session, their own account":     {p.actor("a", "clerk", core.ProofSession), "clerk", false},
			"a secret, their own account":      {p.actor("a", "clerk", core.ProofSecret), "clerk", true},
			"an ordinary user's own session":   {p.actor("a", "guest", core.ProofSession), "guest", true},
			"more power":                       {p.actor("a", "boss", core.ProofSecret), "clerk", true},
			"more power, by a session":         {p.actor("a", "boss", core.ProofSession), "clerk", false},
			"a user with power, ordinary user": {p.actor("a", "clerk", core.ProofSecret), "guest", true},
			"the operator":                     {core.Operator(), "boss", true},
		}
		for name, c := range cases {
			// A disabled or deleted actor could not act again: each case has its own population.
			q := authorities(t, "boss", "clerk", "guest")
			q.grant("boss", "a.role users keys", "b.role call")
			q.grant("clerk", "a.role users keys")
			err := q.change(c.who, c.name, fn)
			if c.ok != (err == nil) || !c.ok && core.KindOf(err) != core.Forbidden {
				t.Errorf("%s, %s: %v", change, name, err)
			}
		}
	}
}

func TestOtherFieldsAreNotGuarded(t *testing.T) {
	p := authorities(t, "boss")
	p.grant("boss", "a.role users")
	err := p.change(core.Actor{}, "boss", func(u *core.User) {
		u.Name.Given, u.Attributes = "Ann", core.Attributes{{Name: "city", Value: `"Oslo"`}}
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRightsAreGrantedOnlyByHolders(t *testing.T) {
	p := authorities(t, "boss", "clerk", "guest")
	p.grant("boss", "a.role users keys")
	p.grant("clerk", "a.role users")
	clerk, boss := p.actor("a", "clerk", core.ProofSecret), p.actor("a", "boss", core.ProofSecret)
	join := func(name, role string) func(*core.Tx) error {
		return func(tx *core.Tx) error { _, err := tx.Join(p.users[name], p.roles[role]); return err }
	}
	widen := func(tx *core.Tx) error {
		g := p.roles["a.role users"].Clone()
		g.Body = core.NewDocument([]byte("users keys"))
		return tx.SaveGroup(g)
	}
	for name, c := range map[string]struct {
		who core.Actor
		fn  func(*core.Tx) error
		ok  bool
	}{
		"a role one holds":           {clerk, join("guest", "a.role users"), true},
		"a role with more rights":    {clerk, join("guest", "a.role users keys"), false},
		"to oneself":                 {clerk, join("clerk", "a.role users keys"), false},
		"a role of another dialect":  {boss, join("guest", "b.role call"), false},
		"by an API key":              {core.ActingKey("a", nil), join("guest", "a.role users"), false},
		"one's role made wider":      {clerk, widen, false},
		"a narrower role made wider": {boss, widen, true},
		"a new role with more rights": {clerk, func(tx *core.Tx) error {
			return tx.SaveGroup(&core.Group{Realm: core.MainRealm, Kind: "a.role", Name: "n", Body: core.NewDocument([]byte("keys"))})
		}, false},
		"a stronger role removed":         {clerk, func(tx *core.Tx) error { return tx.RemoveGroup(p.roles["a.role users keys"]) }, false},
		"someone's stronger role ended":   {clerk, func(tx *core.Tx) error { return tx.Leave(p.users["boss"], p.roles["a.role users keys"]) }, false},
		"a user with more rights removed": {clerk, func(tx *core.Tx) error { return tx.RemoveUser(p.users["boss"]) }, false},
		"the realm of users with power":   {keyWith(core.NewAuthority("c", "all")), func(tx *core.Tx) error { return tx.RemoveRealm(core.MainRealm) }, false},
		"a key of a user with more rights": {clerk, func(tx *core.Tx) error {
			return tx.SaveRecord(&core.Record{Realm: core.MainRealm, Kind: "a.key", Owner: p.users["boss"].ID})
		}, false},
		"a weaker role of a user with more rights": {clerk, func(tx *core.Tx) error { return tx.Leave(p.users["boss"], p.roles["a.role users"]) }, false},
		"a record with a right one holds":          {clerk, saveFlags(core.MainRealm, "users"), true},
		"a record with a right one lacks":          {clerk, saveFlags(core.MainRealm, "users keys"), false},
		"a record with a right, by a key with it":  {keyWith(core.NewAuthority("a", "keys")), saveFlags(core.MainRealm, "keys"), true},
		"a record in another realm, by that key":   {keyWith(core.NewAuthority("a", "keys")), saveFlags("far", "keys"), false},
		"a record without a right":                 {core.Actor{}, saveFlags(core.MainRealm, ""), true},
		"a record with a right, anonymously":       {core.Actor{}, saveFlags(core.MainRealm, "users"), false},
		"a key of an ordinary user": {clerk, func(tx *core.Tx) error {
			return tx.SaveRecord(&core.Record{Realm: core.MainRealm, Kind: "a.key", Owner: p.users["guest"].ID})
		}, true},
	} {
		undo := errors.New("undo")
		err := p.as(c.who, func(tx *core.Tx) error {
			if err := c.fn(tx); err != nil {
				return err
			}
			return undo
		})
		if c.ok != errors.Is(err, undo) || !c.ok && core.KindOf(err) != core.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// keyWith is a key with authority in the main realm.
func keyWith(a core.Authority) core.Actor {
	return core.ActingKey("c", map[core.Realm]core.Authority{core.MainRealm: a})
}

// saveFlags saves a record that belongs to none and confers the rights.
func saveFlags(realm core.Realm, rights string) func(*core.Tx) error {
	return func(tx *core.Tx) error {
		return tx.SaveRecord(&core.Record{Realm: realm, Kind: "a.flags", Body: core.NewDocument([]byte(rights))})
	}
}

// A record with rights is changed, narrowed and removed only by holders of what it confers.
func TestARecordsRightsAreChangedByHolders(t *testing.T) {
	p := authorities(t, "boss", "clerk")
	p.grant("boss", "a.role users keys")
	p.grant("clerk", "a.role users")
	r := &core.Record{Realm: core.MainRealm, Kind: "a.flags", Body: core.NewDocument([]byte("keys"))}
	_ = p.as(core.Operator(), func(tx *core.Tx) error { return tx.SaveRecord(r) })
	for name, change := range map[string]func(*core.Tx) error{
		"narrowed": func(tx *core.Tx) error {
			c := r.Clone()
			c.Body = core.NewDocument(nil)
			return tx.SaveRecord(c)
		},
		"removed":          func(tx *core.Tx) error { return tx.RemoveRecord(r) },
		"dropped in realm": func(tx *core.Tx) error { return tx.RemoveRealm(core.MainRealm) },
	} {
		if err := p.as(p.actor("a", "clerk", core.ProofSecret), change); core.KindOf(err) != core.Forbidden {
			t.Errorf("%s by a user who lacks the right: %v", name, err)
		}
	}
	same := func(tx *core.Tx) error { return tx.SaveRecord(r.Clone()) }
	if err := p.as(p.actor("a", "clerk", core.ProofSecret), same); err != nil {
		t.Errorf("saved with the same rights: %v", err)
	}
	if err := p.as(p.actor("a", "boss", core.ProofSecret), func(tx *core.Tx) error { return tx.RemoveRecord(r) }); err != nil {
		t.Errorf("removed by a holder: %v", err)
	}
}

// An administrator may replace the own role by a narrower one, which ends the first one first.
func TestAnActorsAuthorityIsThatOfTheStart(t *testing.T) {
	p := authorities(t, "boss")
	p.grant("boss", "a.role users keys")
	narrow := func(tx *core.Tx) error {
		if err := tx.Leave(p.users["boss"], p.roles["a.role users keys"]); err != nil {
			return err
		}
		_, err := tx.Join(p.users["boss"], p.roles["a.role users"])
		return err
	}
	if err := p.as(p.actor("a", "boss", core.ProofSecret), narrow); err != nil {
		t.Error(err)
	}
	widen := func(tx *core.Tx) error {
		_, err := tx.Join(p.users["boss"], p.roles["a.role users keys"])
		return err
	}
	if err := p.as(p.actor("a", "boss", core.ProofSecret), widen); core.KindOf(err) != core.Forbidden {
		t.Errorf("the wider role taken back: %v", err)
	}
}

// farRoles is a mount of the dialect "a" that serves another kind of group.
type farRoles struct{ roles }

func (farRoles) AuthorityKinds() []string { return []string{"a.far"} }

func TestSourcesOfOneNameAddUp(t *testing.T) {
	p := authorities(t, "boss")
	p.AddAuthoritySource(farRoles{roles{"a"}})
	_ = p.as(core.Operator(), func(tx *core.Tx) error {
		g := &core.Group{Realm: core.MainRealm, Kind: "a.far", Name: "far", Body: core.NewDocument([]byte("far"))}
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		p.roles["far"] = g
		return nil
	})
	p.grant("boss", "a.role users", "far")
	if got := p.total([]string{"boss"})["boss"]; !got.Holds(core.NewAuthority("a", "users", "far")) {
		t.Errorf("holds %v", got)
	}
}

func TestAuthorityEndsWithTheRealm(t *testing.T) {
	p := authorities(t, "boss")
	p.grant("boss", "a.role users keys", "b.role call")
	var far *core.User
	_ = p.as(core.Operator(), func(tx *core.Tx) error {
		far = &core.User{Realm: "far", Username: "far", Enabled: true}
		g := &core.Group{Realm: "far", Kind: "a.role", Name: "r", Body: core.NewDocument([]byte("users"))}
		if err := errors.Join(tx.AddUser(far), tx.SaveGroup(g)); err != nil {
			return err
		}
		_, err := tx.Join(far, g)
		return err
	})
	err := p.as(p.actor("a", "boss", core.ProofSecret), func(tx *core.Tx) error {
		u, err := tx.User(core.ByID("far", far.ID))
		if err != nil {
			return err
		}
		u.Password = "taken over"
		return tx.SaveUser(u)
	})
	if core.KindOf(err) != core.Forbidden {
		t.Error(err)
	}
}

func TestADisabledActorHoldsNothing(t *testing.T) {
	p := authorities(t, "boss", "clerk")
	p.grant("boss", "a.role users")
	p.grant("clerk", "a.role users")
	_ = p.change(core.Operator(), "boss", func(u *core.User) { u.Enabled = false })
	if err := p.change(p.actor("a", "boss", core.ProofSecret), "clerk", guarded["password"]); core.KindOf(err) != core.Forbidden {
		t.Error(err)
	}
}

// No sequence of changes ends with a user who holds a right that no holder of
// that right gave.
func TestAuthorityNeverGrowsByItself(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		names := []string{"u1", "u2", "u3", "u4"}
		roleNames := []string{"a.role users", "a.role users keys", "b.role call"}
		p := authorities(t, names...)
		for _, name := range names[:2] {
			p.grant(name, rapid.SliceOfNDistinct(rapid.SampledFrom(roleNames), 0, 3, rapid.ID[string]).Draw(r, name+" holds")...)
		}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			who := p.drawActor(r, names)
			held := p.held(who)
			before := p.total(names)
			_ = p.as(who, p.drawChange(r, names, roleNames))
			for name, after := range p.total(names) {
				if !before[name].Holds(after) && !held.Holds(minus(after, before[name])) {
					r.Fatalf("%s gained %v, had %v; the actor held %v", name, after, before[name], held)
				}
			}
		}
	})
}

func (p *population) drawActor(r *rapid.T, names []string) core.Actor {
	if rapid.Bool().Draw(r, "a key") {
		return core.ActingKey("a", nil)
	}
	return p.actor("a", rapid.SampledFrom(names).Draw(r, "actor"), rapid.SampledFrom([]core.Proof{core.ProofSession, core.ProofSecret}).Draw(r, "proof"))
}

func (p *population) drawChange(r *rapid.T, names, roleNames []string) func(*core.Tx) error {
	name, role := rapid.SampledFrom(names).Draw(r, "target"), rapid.SampledFrom(roleNames).Draw(r, "role")
	kind := rapid.IntRange(0, 3).Draw(r, "change")
	rights := rapid.SampledFrom([]string{"", "users", "users keys", "call"}).Draw(r, "rights")
	return func(tx *core.Tx) error {
		switch kind {
		case 0:
			_, err := tx.Join(p.users[name], p.roles[role])
			return err
		case 1:
			return tx.Leave(p.users[name], p.roles[role])
		case 2:
			g, err := tx.Group(core.GroupRef{Realm: core.MainRealm, Kind: p.roles[role].Kind, ID: p.roles[role].ID})
			if err != nil {
				return err
			}
			g = g.Clone()
			g.Body = core.NewDocument([]byte(rights))
			return tx.SaveGroup(g)
		default:
			u, err := tx.User(core.ByID(core.MainRealm, p.users[name].ID))
			if err != nil {
				return err
			}
			u.Password = "changed"
			return tx.SaveUser(u)
		}
	}
}

func (p *population) held(who core.Actor) (a core.Authority) {
	_ = p.Update(context.Background(), who, func(tx *core.Tx) (err error) { a, err = tx.ActorAuthority(core.MainRealm); return err })
	return a
}

func (p *population) total(names []string) map[string]core.Authority {
	all := map[string]core.Authority{}
	_ = p.View(context.Background(), func(tx *core.Tx) error {
		for _, name := range names {
			a, err := tx.Authority(p.users[name])
			if err != nil {
				return err
			}
			all[name] = a
		}
		return nil
	})
	return all
}

func minus(a, b core.Authority) core.Authority {
	rest := core.Authority{}
	for dialect, rights := range a {
		for right := range rights {
			if !b[dialect][right] {
				if rest[dialect] == nil {
					rest[dialect] = map[string]bool{}
				}
				rest[dialect][right] = true
			}
		}
	}
	return rest
}
