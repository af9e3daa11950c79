package syncano_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/adoption"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/upstream"
)

// movedUser is what is known of a user of the vendor during a move.
type movedUser struct {
	name, password, key string // at the vendor
	here, removed       bool
	changed             string // the password set here; "" is none
	city                string // set here
}

// moving is a vendor, a gateway that its users move to, and the model of the two.
type moving struct {
	*testing.T
	from, to *dialecttest.Server
	vendor   *upstream.Upstream
	users    []*movedUser
}

// TestImportAdoptionAndChangesRunInAnyOrder moves users by imports and logins in random
// orders, among changes that are made here: no user comes twice, and no change is lost.
func TestImportAdoptionAndChangesRunInAnyOrder(t *testing.T) {
	t.Parallel()
	from := dialecttest.NewServer(t, seededInstance)
	users := []movedUser{{name: "ann"}, {name: "bob"}, {name: "cid"}}
	for i := range users {
		u := &users[i]
		u.password = "old-" + u.name
		_, body := ask(t, from, "POST", users1, fmt.Sprintf(`{"username": %q, "password": %q}`, u.name, u.password), "X-API-KEY", ownerKey)
		_, rest, _ := strings.Cut(body, `"user_key":"`)
		u.key, _, _ = strings.Cut(rest, `"`)
	}
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := startMoving(t, from, users)
			r := rand.New(rand.NewPCG(seed, 13))
			steps := []func(*movedUser){m.importAll, m.logIn, m.useKey, m.changePassword, m.changeCity, m.remove}
			for range 12 {
				steps[min(r.IntN(8), 5)%6](m.users[r.IntN(3)])
				m.check()
			}
			m.importAll(nil)
			m.check()
		})
	}
}

const users1 = main + "users/"

func seededInstance(t testing.TB, dir *core.Directory) (dialects.Mux, dialecttest.Vars) {
	setup(t, dir)
	d := syncano.New(config(t, dir))
	return dialects.Mux{d}, dialecttest.Vars{}
}

func startMoving(t *testing.T, from *dialecttest.Server, users []movedUser) *moving {
	t.Helper()
	m := &moving{T: t, from: from, to: dialecttest.NewServer(t, seededInstance)}
	cfg := upstream.Config{AccountKey: ownerKey}
	cfg.Server.URL, cfg.Server.Rate = from.URL, -1
	var err error
	if m.vendor, err = upstream.New(cfg); err != nil {
		t.Fatal(err)
	}
	adopter := adoption.New(adoption.Config{Directory: m.to.Dir, Rate: 1000, SecretCost: 4, Now: m.to.Clock.Now})
	adopter.Add(syncano.Name, core.MainRealm, m.vendor)
	m.to.Dir.SetAdopter(adopter)
	for _, u := range users {
		m.users = append(m.users, &u)
	}
	return m
}

func ask(t *testing.T, s *dialecttest.Server, method, path, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var text strings.Builder
	if err := res.Write(&text); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, text.String()
}

func (m *moving) importAll(*movedUser) {
	source := archive.NewLiveSource(m.Context(), m.vendor)
	defer source.Close()
	opts := archive.ImportOptions{Completer: m.vendor, OnConflict: archive.Skip, Report: func(o archive.Outcome) error {
		if o.Verdict == archive.Refused {
			m.Errorf("%s%s: refused: %s", o.User, o.Object, o.Reason)
		}
		return nil
	}}
	_, err := archive.NewImporter(m.to.Dir, opts).Run(m.Context(), func() (archive.Source, error) { return source, nil })
	if err != nil {
		m.Fatal(err)
	}
	for _, u := range m.users {
		u.here = !u.removed
	}
}

// logIn logs in with the vendor's password, which is good until another is set here.
func (m *moving) logIn(u *movedUser) {
	want := http.StatusOK
	if u.removed || u.changed != "" {
		want = http.StatusUnauthorized
	}
	m.expect(u, u.password, want)
	u.here = u.here || want == http.StatusOK
}

func (m *moving) expect(u *movedUser, password string, want int) {
	m.Helper()
	body := fmt.Sprintf(`{"username": %q, "password": %q}`, u.name, password)
	if status, text := ask(m.T, m.to, "POST", main+"user/auth/", body, "X-API-KEY", plainKey); status != want {
		m.Errorf("%+v: %s logs in with %d, want %d: %s", *u, password, status, want, text)
	}
}

// useKey calls with the vendor's user key, which a new password ends.
func (m *moving) useKey(u *movedUser) {
	want := http.StatusOK
	if u.removed || u.changed != "" {
		want = http.StatusForbidden
	}
	status, text := ask(m.T, m.to, "GET", main+"user/", "", "X-API-KEY", plainKey, "X-USER-KEY", u.key)
	if status != want {
		m.Errorf("%+v: the user key is answered %d, want %d: %s", *u, status, want, text)
	}
	u.here = u.here || want == http.StatusOK
}

// change changes a user who is here, as the operator.
func (m *moving) change(u *movedUser, do func(tx *core.Tx, stored *core.User) error) bool {
	if !u.here {
		return false
	}
	err := m.to.Dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		stored, err := tx.User(core.ByUsername(core.MainRealm, u.name))
		if err != nil {
			return err
		}
		return do(tx, stored)
	})
	if err != nil {
		m.Fatal(err)
	}
	return true
}

func (m *moving) changePassword(u *movedUser) {
	hash, err := m.to.Dir.HashPassword(m.Context(), "new-"+u.name)
	if err != nil {
		m.Fatal(err)
	}
	if m.change(u, func(tx *core.Tx, stored *core.User) error {
		stored.Password = hash
		return tx.SaveUser(stored)
	}) {
		u.changed = "new-" + u.name
	}
}

func (m *moving) changeCity(u *movedUser) {
	if m.change(u, func(tx *core.Tx, stored *core.User) error {
		stored.Attributes.Set("city", `"Turin"`)
		return tx.SaveUser(stored)
	}) {
		u.city = `"Turin"`
	}
}

func (m *moving) remove(u *movedUser) {
	if m.change(u, (*core.Tx).RemoveUser) {
		u.here, u.removed = false, true
	}
}

// check compares the store with the model.
func (m *moving) check() {
	m.Helper()
	for _, u := range m.users {
		if u.changed != "" && u.here {
			m.expect(u, u.changed, http.StatusOK)
		}
	}
	err := m.to.Dir.View(m.Context(), func(tx *core.Tx) error {
		n, err := tx.CountUsers(core.UserQuery{Realm: core.MainRealm})
		for i, u := range m.users {
			if !u.here {
				continue
			}
			n--
			stored, missing := tx.User(core.ByUsername(core.MainRealm, u.name))
			if missing != nil {
				return missing
			}
			if city, _ := stored.Attributes.Get("city"); city != u.city || stored.ID != int64(i+1) {
				m.Errorf("%+v: number %d, city %s", *u, stored.ID, city)
			}
		}
		if n != 0 {
			err = errors.Join(err, fmt.Errorf("%d users too many", n))
		}
		return err
	})
	if err != nil {
		m.Error(err)
	}
}
