package dialecttest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// carryChecks: an update leaves alone what is not the dialect's to change.
func carryChecks() []check {
	return []check{
		{"carry/what others know of the user survives", checkForeign},
		{"carry/its own facet keeps what a newer program wrote", checkNewer},
	}
}

// What another dialect may have stored. The odd spacing and the number tell
// whether it was decoded and encoded on the way.
const (
	foreignName  = "elsewhere"
	foreignFacet = `{"z": 1.0,  "a": [ ], "é": "\u00e9"}`
	foreignValue = `1.50`
)

func checkForeign(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	st.change(func(u *core.User) {
		u.Facets.Set(foreignName, []byte(foreignFacet))
		u.SetHandle(foreignName+".key", "Key-Of-Another")
		u.Attributes.Set(foreignName, foreignValue)
	})
	st.must(s.Update)
	u := st.stored()
	if have := string(u.Facets.Get(foreignName).Text()); have != foreignFacet {
		t.Errorf("another's facet did not survive Update:\n%s", diff(foreignFacet, have))
	}
	if have := u.Handle(foreignName + ".key"); have != "Key-Of-Another" {
		t.Errorf("another's handle did not survive Update: %q", have)
	}
	if have, _ := u.Attributes.Get(foreignName); have != foreignValue {
		t.Errorf("an attribute that Update did not name became %q, was %q", have, foreignValue)
	}
}

func checkNewer(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	st.must(s.Update)
	const newer = `"key_of_tomorrow":{"b":[1,2]}`
	st.change(func(u *core.User) {
		own := string(u.Facets.Get(s.Name).Text())
		if !json.Valid([]byte(own)) || !strings.HasPrefix(own, "{") {
			t.Skipf("the dialect keeps no facet that is an object: %q", own)
		}
		body := strings.TrimSuffix(strings.TrimSpace(own), "}")
		if strings.TrimSpace(body) != "{" {
			body += ","
		}
		u.Facets.Set(s.Name, []byte(body+newer+"}"))
	})
	st.must(s.Update)
	own := string(st.stored().Facets.Get(s.Name).Text())
	if raw, err := digJSON([]byte(own), "key_of_tomorrow.b"); err != nil || compact(raw) != "[1,2]" {
		t.Errorf("Update lost a key of the dialect's own facet that it does not know: %s", own)
	}
}

func compact(raw string) string { return strings.Join(strings.Fields(raw), "") }

// change stores the created user with something done to it, behind the dialect's back.
func (st *fixture) change(do func(u *core.User)) {
	st.t.Helper()
	err := st.Dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(st.spec.realm(), st.spec.Username))
		if err != nil {
			return err
		}
		do(u)
		return tx.SaveUser(u)
	})
	if err != nil {
		st.t.Fatal(err)
	}
}
