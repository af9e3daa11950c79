package dialecttest

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// Names of needed takeovers.
const (
	TakePassword = "password"
	// TakeName changes the user name or the address, whichever the dialect can.
	TakeName = "name"
	// TakeKey makes a new key that authenticates the user.
	TakeKey    = "key"
	TakeStatus = "status"
	Remove     = "removal"
)

func takeoverNames() []string { return []string{TakePassword, TakeName, TakeKey, TakeStatus, Remove} }

// Grant is a request that gives a right.
type Grant struct {
	Name string
	// Prepare makes what the request names, as {auth}; may be empty.
	Prepare Script
	// By is what {auth} stands for, with variables: a caller who may make such
	// requests, and who lacks the right that this one gives.
	By string
	// Request must be refused to By, and succeed for {auth}.
	Request Script
	// Status is the refusal's.
	Status int
}

// authorityChecks: no right becomes a larger one, and no realm reaches into another.
func authorityChecks(s *Spec) (all []check) {
	for _, c := range s.Takeovers {
		all = append(all,
			check{"takeover/" + c.Name + ", of a user with rights elsewhere", func(t testing.TB, s *Spec) { checkTakeover(t, s, c) }},
			check{"takeover/" + c.Name + ", of an ordinary user", func(t testing.TB, s *Spec) { checkOrdinary(t, s, c) }},
			check{"takeover/" + c.Name + ", by a holder of all rights", func(t testing.TB, s *Spec) { checkHolder(t, s, c) }},
		)
	}
	for _, g := range s.Grants {
		all = append(all, check{"grant/" + g.Name, func(t testing.TB, s *Spec) { checkGrant(t, s, g) }})
	}
	return append(all, check{"isolation/users of another realm", checkIsolation}, check{"decided/every operation", checkDecided})
}

// missingAuthority lists what the checks of authority need. None of them can be
// excused as a whole.
func (s *Spec) missingAuthority() (names []string) {
	for _, name := range takeoverNames() {
		there := slices.ContainsFunc(s.Takeovers, func(c Case) bool { return c.Name == name })
		if !there && (name == TakePassword || s.excuse("takeover/"+name) == "") {
			names = append(names, "Takeovers "+name)
		}
	}
	if len(s.Grants) == 0 && s.excuse("grant") == "" {
		names = append(names, "Grants")
	}
	if s.Caller == "" && s.excuse("Caller") == "" {
		names = append(names, "Caller")
	}
	for _, never := range []string{"takeover/" + TakePassword + ", of a user", "isolation/users"} {
		if s.excuse(never) != "" {
			names = append(names, "right to excuse "+never)
		}
	}
	return names
}

// excusedAuthority lists what of Spec may be left out with a reason in Cannot.
func excusedAuthority() []string {
	names := []string{"Caller", "grant"}
	for _, name := range takeoverNames()[1:] {
		names = append(names, "takeover/"+name)
	}
	return names
}

// elsewhere is an authority source in the place of another dialect.
type elsewhere struct{}

const elsewhereKind = "elsewhere.group"

func (elsewhere) Name() string                              { return "elsewhere" }
func (elsewhere) AuthorityKinds() []string                  { return []string{elsewhereKind} }
func (elsewhere) GroupRights(*core.Group) ([]string, error) { return []string{"everything"}, nil }

// empower gives the users of those names a right in another dialect.
func (st *fixture) empower(usernames ...string) {
	st.t.Helper()
	realm := st.spec.realm()
	err := st.Dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		g := &core.Group{Realm: realm, Kind: elsewhereKind, Key: "g", Name: "g", Body: core.NewDocument([]byte("{}"))}
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		for _, name := range usernames {
			u, err := tx.User(core.ByUsername(realm, name))
			if err != nil {
				return err
			}
			if _, err := tx.Join(u, g); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		st.t.Fatal(err)
	}
}

// newAuthorityFixture has the created user beside an authority source of another dialect.
func newAuthorityFixture(t testing.TB, s *Spec) *fixture {
	st := newFixture(t, s)
	st.Dir.AddAuthoritySource(elsewhere{})
	st.create()
	return st
}

func checkTakeover(t testing.TB, s *Spec, c Case) {
	st := newAuthorityFixture(t, s)
	st.prepare(c.Prepare)
	st.empower(s.Username)
	before, changes := st.stored(), st.changes()
	st.refused(st.send(c.Request), c.Status)
	if more := st.changes(); more != changes {
		t.Errorf("the refused request changed something, %d times", more-changes)
	}
	if after := st.stored(); !sameLogin(before, after) {
		t.Errorf("the refused request changed the user:\n%+v\n%+v", before, after)
	}
	st.must(s.Show)
}

func checkOrdinary(t testing.TB, s *Spec, c Case) {
	st := newAuthorityFixture(t, s)
	st.prepare(c.Prepare)
	changes := st.changes()
	st.must(c.Request)
	if st.changes() == changes {
		t.Error("the request changes nothing, so its refusal proves nothing")
	}
}

// prepare plays a script, unless there is none.
func (st *fixture) prepare(script Script) {
	st.t.Helper()
	if script != "" {
		st.must(script)
	}
}

func checkHolder(t testing.TB, s *Spec, c Case) {
	if s.Caller == "" {
		t.Skip("this dialect cannot: " + s.excuse("Caller"))
	}
	st := newAuthorityFixture(t, s)
	st.prepare(c.Prepare)
	st.empower(s.Username, s.Caller)
	st.must(c.Request)
}

// sameLogin compares what a refusal must leave: all but the time and the revision
// of a change.
func sameLogin(a, b *core.User) bool {
	if a == nil || b == nil {
		return a == b
	}
	a, b = a.Clone(), b.Clone()
	b.Revision, b.UpdatedAt = a.Revision, a.UpdatedAt
	for _, u := range []*core.User{a, b} {
		slices.SortFunc(u.Handles, func(x, y core.Handle) int { return strings.Compare(x.Kind+x.Value, y.Kind+y.Value) })
	}
	return reflect.DeepEqual(a, b)
}

func checkGrant(t testing.TB, s *Spec, g Grant) {
	st := newAuthorityFixture(t, s)
	st.prepare(g.Prepare)
	right := st.player.vars["auth"]
	by, err := st.player.vars.mustExpand(g.By)
	if err != nil {
		t.Fatal(err)
	}
	before := st.authorities()
	st.let("auth", by)
	st.refused(st.send(g.Request), g.Status)
	if after := st.authorities(); !reflect.DeepEqual(before, after) {
		t.Errorf("the refused request changed what users may do: from %v to %v", before, after)
	}
	st.let("auth", right)
	st.must(g.Request)
}

// authorities is what each user of the realm may do.
func (st *fixture) authorities() map[string]core.Authority {
	st.t.Helper()
	all := map[string]core.Authority{}
	err := st.Dir.View(context.Background(), func(tx *core.Tx) error {
		users, err := tx.Users(core.UserQuery{Realm: st.spec.realm(), Deleted: true})
		if err != nil {
			return err
		}
		for _, u := range users {
			if all[u.Username], err = tx.Authority(u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		st.t.Fatal(err)
	}
	return all
}

// checkIsolation tries the scripts on a user of another realm: the answers must be
// those for a user that there is not. Numbers are unique in a realm alone, so there
// are enough users for one that the dialect's realm has not.
func checkIsolation(t testing.TB, s *Spec) {
	st := newAuthorityFixture(t, s)
	foreign := st.addForeigner()
	if strings.Contains(string(st.must(s.List).Body), foreign.Username) {
		t.Error("List shows a user of another realm")
	}
	absent := &core.User{ID: foreign.ID + 1, UID: "00000000-0000-4000-8000-000000000000"}
	scripts := []Script{s.Show, s.Update, s.Delete}
	for _, c := range s.Takeovers {
		if c.Prepare == "" && strings.Contains(string(c.Request), "{id}") {
			scripts = append(scripts, c.Request)
		}
	}
	for _, script := range scripts {
		have, want := st.sendFor(foreign, script), st.sendFor(absent, script)
		if st.refused(have, want.Status); want.OK() {
			t.Errorf("a user that there is not: %s", st.tell(want))
		}
		if a, b := without(have.Body, s.id(foreign)), without(want.Body, s.id(absent)); a != b {
			t.Errorf("the refusal differs from that for a user that there is not:\n%s", diff(b, a))
		}
	}
	st.holds(foreign)
}

func (st *fixture) sendFor(u *core.User, script Script) *Answer {
	st.let("id", st.spec.id(u))
	return st.send(script)
}

func without(body []byte, id string) string { return strings.ReplaceAll(string(body), id, "") }

// addForeigner adds a user to another realm, after others.
func (st *fixture) addForeigner() (foreign *core.User) {
	st.t.Helper()
	const realm, many = core.Realm("isolated"), 64
	err := st.Dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		for i := range many {
			if err := tx.AddUser(&core.User{Realm: realm, Username: strings.Repeat("x", i+1), Enabled: true}); err != nil {
				return err
			}
		}
		foreign = &core.User{Realm: realm, Username: "isolated-user", Email: "isolated-user@example.com", Enabled: true}
		return tx.AddUser(foreign)
	})
	if err != nil {
		st.t.Fatal(err)
	}
	return foreign
}

// holds wants the user to be stored as it is given.
func (st *fixture) holds(want *core.User) {
	st.t.Helper()
	err := st.Dir.View(context.Background(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(want.Realm, want.ID))
		if err == nil && !sameLogin(want, u) {
			st.t.Errorf("a user of another realm was changed:\n%+v\n%+v", want, u)
		}
		return err
	})
	if err != nil {
		st.t.Fatal(err)
	}
}
