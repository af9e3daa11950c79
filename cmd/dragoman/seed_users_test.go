package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/store"
)

const seedOfFields = `# a comment
users:
  # the first
  - id: 7
    uid: u-seven
    username: 007
    email: seven@example.com
    password_hash: pbkdf2_sha256$1000$salt$GSDz4QsAQEVaRSLHMxnhFWpdmjrmXIQGJFRV5kVAMYg=
    enabled: false
    enabled_until: 2030-01-02T03:04:05Z
    created_at: 2015-12-10
    password_changed_at: 2016-01-02 03:04:05
    attributes:
      city: "7"
      visits: 7
      tags: [a, {b: null}]
    facets:
      onapp: {locale: de, locked_at: 2024-05-06T07:08:09Z}
      econtext.status: UNVERIFIED
    handles.syncano.user_key: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b71
    groups:
      onapp.role: [User]

  - username: gone
    deleted_at: 2020-01-01
onapp:
  realm: main
`

// usersIn returns the users of a realm with their groups.
func usersIn(t *testing.T, dir *core.Directory) (list []*core.User, members []core.Membership) {
	t.Helper()
	err := dir.View(t.Context(), func(tx *core.Tx) (err error) {
		if list, err = tx.Users(core.UserQuery{Realm: core.MainRealm, Deleted: true}); err == nil && len(list) > 0 {
			members, err = tx.Memberships(core.MembershipQuery{Realm: core.MainRealm, Users: []int64{list[0].ID, list[len(list)-1].ID}})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list, members
}

func applySeed(t testing.TB, text string) (*core.Directory, error) {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	dir := core.New(core.Config{Store: s})
	g, _ := gatewayOn(t, dir)
	c, err := parsed(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := gateway.ParseSeed("seed.yaml", []byte(text), c.rows)
	if err != nil {
		return dir, err
	}
	return dir, g.ApplySeed(t.Context(), seed)
}

// A seed has the fields of a table, in one form as in the other.
func TestSeedUsersHaveEveryField(t *testing.T) {
	anchored := strings.Replace(seedOfFields, "  - id: 7\n", "  - id: 7\n    family_name: &family Bond\n", 1)
	anchored = strings.Replace(anchored, "  - username: gone\n", "  - username: gone\n    family_name: *family\n", 1)
	for form, text := range map[string]string{"cut into pieces": seedOfFields, "read as a whole": anchored} {
		dir, err := applySeed(t, text)
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		users, members := usersIn(t, dir)
		if len(users) != 2 || users[0].ID != 7 {
			t.Fatalf("%s: %+v", form, users)
		}
		seven, gone := users[0], users[1]
		got := fmt.Sprint(seven.UID, " ", seven.Username, " ", seven.Enabled, " ", seven.EnabledUntil, " ", seven.CreatedAt.Year(), " ",
			seven.PasswordChangedAt.Minute(), " ", seven.Handle("syncano.user_key"), " ", seven.Attributes, " ", string(seven.Facets.Get("econtext").Text()))
		want := `u-seven 007 false 2030-01-02 03:04:05 +0000 UTC 2015 4 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b71 ` +
			`[{city "7"} {visits 7} {tags ["a",{"b":null}]}] {"status":"UNVERIFIED"}`
		if got != want {
			t.Errorf("%s: got %s\nwant %s", form, got, want)
		}
		if onapp := string(seven.Facets.Get("onapp").Text()); !strings.Contains(onapp, `"locale":"de"`) || !strings.Contains(onapp, `"locked_at"`) {
			t.Errorf("%s: facet %s", form, onapp)
		}
		if gone.DeletedAt.IsZero() || (form == "read as a whole") != (gone.Name.Family == "Bond") {
			t.Errorf("%s: %+v", form, gone)
		}
		if len(members) != 1 || members[0].Kind != "onapp.role" || members[0].User != 7 {
			t.Errorf("%s: memberships %+v", form, members)
		}
	}
}

// All errors of a seed are named at once, by line.
func TestSeedNamesAllItsErrors(t *testing.T) {
	const first = `users:
  - username: ann
    id: none
    pasword: x
  - email: b@example.com
  - username: cyd
    realm: elsewhere
    created_at: yesterday
    groups: {onapp.role: User}
    attributes: 7
  - [dan]
`
	_, err := applySeed(t, first)
	var coded *gateway.Error
	if !errors.As(err, &coded) || coded.Cause != gateway.BadSeed {
		t.Fatal(err)
	}
	for _, want := range []string{`seed.yaml:3: id: "none" is not a number`, "seed.yaml:4: pasword: a user has no such field", "seed.yaml:5: a user needs a username",
		"seed.yaml:7: the realm", `seed.yaml:8: created_at: "yesterday" is not a date`, "seed.yaml:10: attributes: a user has no such field", "seed.yaml:11: a mapping"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("lacks %q:\n%v", want, err)
		}
	}
	_, err = applySeed(t, "users:\n- username: ann\n  email: a@x\n- username: bob\n  email: a@x\n")
	if err == nil || !strings.Contains(err.Error(), "seed.yaml:5: ") || strings.Contains(err.Error(), "seed.yaml:3: ") {
		t.Errorf("of an address twice: %v", err)
	}
	_, err = applySeed(t, "users:\n- username: eve\n  groups.onapp.role: none\n")
	if err == nil || !strings.Contains(err.Error(), `seed.yaml:3: the group onapp.role "none" does not exist`) {
		t.Errorf("of an unknown group: %v", err)
	}
}

// manyUsers is a seed of n users.
func manyUsers(n int) string {
	var b strings.Builder
	b.WriteString("users:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - username: user%d\n    email: user%d@example.com\n    given_name: Given\n    family_name: Family\n"+
			"    password_hash: $2a$10$abcdefghijklmnopqrstuuN2JKqPMhdoGUpRDPpYbPMEQH6gaMyIS\n    attributes: {city: Dresden, visits: %d}\n", i, i, i)
	}
	return b.String()
}

// BenchmarkSeed reports the time and the heap of 50,000 users: at most 5 s and 100 MiB
// on an idle machine.
func BenchmarkSeed(b *testing.B) {
	text := manyUsers(50_000)
	for b.Loop() {
		if _, err := applySeed(b, text); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "MiB-heap")
}
