package console_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
	"github.com/dragoman-gateway/dragoman/dialects/keyring"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
	"github.com/dragoman-gateway/dragoman/store"
)

// desk is a console with a store, and a browser that has not signed in.
type desk struct {
	*testing.T
	dir   *core.Directory
	store *coretest.Interrupted
	clock *coretest.Clock
	live  *console.Live
	rings []keyring.Ring
	base  string
	http  *http.Client
}

const secret = "correct horse"

func open(t *testing.T, write bool) *desk {
	t.Helper()
	opened, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	s := &coretest.Interrupted{Store: opened}
	dir, clock := coretest.Directory(t, s)
	all := []dialects.Dialect{
		syncano.New(syncano.Config{Directory: dir, FilesDir: t.TempDir()}), econtext.New(econtext.Config{Directory: dir}),
		scim.New(scim.Config{Directory: dir}), onapp.New(onapp.Config{Directory: dir}),
	}
	for _, d := range all {
		if p, ok := d.(core.Provisioner); ok {
			dir.AddProvisioner(p)
		}
		if a, ok := d.(core.AuthoritySource); ok {
			dir.AddAuthoritySource(a)
		}
	}
	dir.AddAuthoritySource(console.Operators{})
	d := &desk{T: t, dir: dir, store: s, clock: clock, live: new(console.Live), rings: keyring.Of(all)}
	server := httptest.NewServer(console.New(console.Config{Directory: dir, Dialects: all, Write: write, Live: d.live, History: history(t), Processes: someProcesses, Moves: someMoves}))
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.base, d.http = server.URL+console.Prefix, &http.Client{Jar: jar, Timeout: 30 * time.Second}
	d.add("olga", true)
	return d
}

// someProcesses are two, of which the second has died while it was behind.
func someProcesses(context.Context) ([]presence.Process, error) {
	began := time.Date(2024, 5, 6, 7, 0, 0, 0, time.UTC)
	return []presence.Process{
		{Place: presence.Place{Host: "db.example", Process: 1, Began: began, Seen: began.AddDate(99, 0, 0)}, Version: 12},
		{Place: presence.Place{Host: "other.example", Process: 2, Began: began, Seen: began}, Version: 7},
	}, nil
}

func someMoves(context.Context) ([]presence.Move, error) {
	began := time.Date(2024, 5, 6, 7, 0, 0, 0, time.UTC)
	return []presence.Move{{
		Place: presence.Place{Host: "db.example", Process: 3, Began: began, Seen: began}, What: "import", Source: "<b>users</b>.csv", Rejects: "/srv/rejects.csv",
		Progress: presence.Progress{Rows: 50, Verdicts: map[string]int{"added": 47, "refused": 3}, Read: 500, Size: 1000},
	}}, nil
}

// history is what an audit says of the user 2.
func history(t *testing.T) func(core.Realm, int64) (audit.History, error) {
	t.Helper()
	const lines = `{"time":"2024-05-06T07:00:00Z","event":"change","outcome":"done","caller":"user main/1","dialect":"console","operation":"<b>edit</b>","changes":[{"action":"change","kind":"user","realm":"main","id":2,"fields":["attributes.<script>"]}]}
{"time":"2024-05-06T07:01:00Z","event":"login","outcome":"wrong","caller":"anonymous","dialect":"onapp","operation":"users.list","realm":"main","user":2}
`
	name := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(name, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	return (&audit.Log{Path: name}).History
}

// add stores a user; an operator if so wanted.
func (d *desk) add(name string, operator bool) *core.User {
	d.Helper()
	encoded, err := d.dir.HashPassword(d.Context(), secret)
	if err != nil {
		d.Fatal(err)
	}
	var u *core.User
	err = d.dir.Update(d.Context(), core.Operator(), func(tx *core.Tx) error {
		u = &core.User{Realm: core.MainRealm, Username: name, Email: name + "@example.com", Password: encoded, Enabled: true}
		if err := tx.AddUser(u); err != nil || !operator {
			return err
		}
		return console.Operators{}.GrantAll(tx, u)
	})
	if err != nil {
		d.Fatal(err)
	}
	return u
}

// send makes a request as the browser and returns the last answer's status and body.
func (d *desk) send(method, path string, form url.Values) (status int, body string) {
	d.Helper()
	var in io.Reader
	if form != nil {
		in = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(d.Context(), method, d.base+path, in)
	if err != nil {
		d.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := d.http.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		d.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// must makes a request whose answer has that status and texts.
func (d *desk) must(method, path string, form url.Values, status int, texts ...string) string {
	d.Helper()
	got, body := d.send(method, path, form)
	if got != status {
		d.Fatalf("%s %s: status %d, want %d\n%s", method, path, got, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			d.Errorf("%s %s: no %q in\n%s", method, path, text, body)
		}
	}
	return body
}

func (d *desk) signIn() {
	d.Helper()
	d.must("POST", "sign-in", url.Values{"name": {"olga"}, "password": {secret}}, 200, "olga", "Sign out")
}

func userPath(u *core.User) string { return "users/main/" + strconv.FormatInt(u.ID, 10) }

// user reads a user as it is stored now.
func (d *desk) user(id int64) (u *core.User) {
	d.Helper()
	err := d.dir.View(context.Background(), func(tx *core.Tx) (err error) {
		u, err = tx.UserIncludingDeleted(core.ByID(core.MainRealm, id))
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return u
}

func TestOnlyOperatorsSignIn(t *testing.T) {
	d := open(t, true)
	d.add("bob", false)
	for _, path := range []string{"", "users", "users/main/1", "groups", "live", "live/events", "evidence", "users/new", "nothing"} {
		d.must("GET", path, nil, 200, `name="password"`)
	}
	for _, c := range [][2]string{{"bob", secret}, {"olga", "wrong password"}, {"nobody-here", secret}, {"", ""}} {
		d.must("POST", "sign-in", url.Values{"name": {c[0]}, "password": {c[1]}}, 403, "not an operator")
	}
	d.must("POST", userPath(d.user(1))+"/disable", url.Values{}, 401, "Sign in")
	if !d.user(1).Enabled {
		t.Error("a stranger disabled a user")
	}
	d.signIn()
	d.must("GET", "users", nil, 200, "bob", "olga")
	d.must("POST", "sign-out", url.Values{}, 200, `name="password"`)
	d.must("GET", "users", nil, 200, `name="password"`)
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	d := open(t, false)
	for _, to := range []string{"https://evil.example/", "//evil.example/", `\\evil.example`, "/users.json", "../../users.json"} {
		form := url.Values{"name": {"olga"}, "password": {secret}, "next": {to}}
		d.must("POST", "sign-in", form, 200, "Sign out", "<h1>Users</h1>")
	}
}

func TestSessionEnds(t *testing.T) {
	ends := map[string]func(*desk){
		"with the time": func(d *desk) { d.clock.Advance(31 * time.Minute) },
		"with a new password": func(d *desk) {
			d.change(func(tx *core.Tx, u *core.User) error { u.Password = "other"; return tx.SaveUser(u) })
		},
		"with the right": func(d *desk) { d.change(console.Operators{}.RevokeAll) },
		"with the user": func(d *desk) {
			d.change(func(tx *core.Tx, u *core.User) error { u.Enabled = false; return tx.SaveUser(u) })
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			d := open(t, true)
			d.signIn()
			end(d)
			d.must("GET", "users", nil, 200, `name="password"`)
		})
	}
}

// A session that was refused, or whose right was taken away, stays ended.
func TestAnEndedSessionStaysEnded(t *testing.T) {
	enable := func(on bool) func(*core.Tx, *core.User) error {
		return func(tx *core.Tx, u *core.User) error { u.Enabled = on; return tx.SaveUser(u) }
	}
	for name, c := range map[string]struct {
		end, undo func(*core.Tx, *core.User) error
		used      bool // the session is used in between
	}{
		"a right granted again":                     {console.Operators{}.RevokeAll, console.Operators{}.GrantAll, true},
		"a right granted again before the next use": {console.Operators{}.RevokeAll, console.Operators{}.GrantAll, false},
		"a user enabled again":                      {enable(false), enable(true), true},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, true)
			d.signIn()
			d.change(c.end)
			if c.used {
				d.must("GET", "users", nil, 200, `name="password"`)
			}
			d.change(c.undo)
			d.must("GET", "users", nil, 200, `name="password"`)
			d.signIn()
			d.change(console.Operators{}.GrantAll) // holds it already: the session goes on
			d.must("GET", "users", nil, 200, "Sign out")
		})
	}
}

// The hash of an operator who came from OnApp is replaced at the sign-in.
func TestAnOperatorWithAnOutdatedHashSignsInOnce(t *testing.T) {
	d := open(t, true)
	sum := sha1.Sum([]byte("s--" + secret + "--k"))
	outdatedHash := passwd.EncodeOnApp(hex.EncodeToString(sum[:]), "s", "k")
	d.change(func(tx *core.Tx, u *core.User) error {
		u.Password = outdatedHash
		return tx.SaveUser(u)
	})
	d.signIn()
	d.must("GET", "users", nil, 200, "Sign out")
	d.change(func(_ *core.Tx, u *core.User) error {
		if u.Password == outdatedHash {
			t.Error("the hash was not replaced")
		}
		return nil
	})
}

func TestAnOperatorWhoLosesTheRightMeanwhileChangesNothing(t *testing.T) {
	for name, end := range map[string]func(*core.Tx, *core.User) error{
		"the right": console.Operators{}.RevokeAll,
		"the user":  func(tx *core.Tx, u *core.User) error { return tx.RemoveUser(u) },
		"the password": func(tx *core.Tx, u *core.User) error {
			u.Password = ""
			return tx.SaveUser(u)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, true)
			d.signIn()
			d.store.Before = func() { d.change(end) }
			d.must("POST", "users/new", url.Values{"realm": {"main"}, "username": {"late"}, "email": {"late@example.com"}, "password": {secret}, "attributes": {"{}"}}, 403, "Your session has ended. Sign in again.")
			err := d.dir.View(t.Context(), func(tx *core.Tx) error {
				_, err := tx.User(core.ByUsername(core.MainRealm, "late"))
				return err
			})
			if core.KindOf(err) != core.NotFound {
				t.Errorf("the user was created: %v", err)
			}
		})
	}
}

// change changes the operator.
func (d *desk) change(fn func(*core.Tx, *core.User) error) {
	d.Helper()
	err := d.dir.Update(d.Context(), core.Operator(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, "olga"))
		if err != nil {
			return err
		}
		return fn(tx, u)
	})
	if err != nil {
		d.Fatal(err)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	d := open(t, true)
	d.signIn()
	r, err := http.NewRequest("POST", d.base+userPath(d.user(1))+"/disable", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := d.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 403 || !d.user(1).Enabled {
		t.Errorf("status %d, enabled %v", res.StatusCode, d.user(1).Enabled)
	}
	h := res.Header
	if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
}

func TestReadOnlyConsoleChangesNothing(t *testing.T) {
	d := open(t, false)
	d.signIn()
	bob := d.add("bob", false)
	if body := d.must("GET", userPath(bob), nil, 200); strings.Contains(body, "Reset the password") {
		t.Error("a read-only console shows forms")
	}
	for _, path := range []string{"/disable", "/password", "/delete", "/edit"} {
		d.must("POST", userPath(bob)+path, url.Values{"password": {"another secret"}, "sure": {"yes"}}, 403, "read-only")
	}
	if now := d.user(bob.ID); now.Revision != bob.Revision {
		t.Error("the user was changed")
	}
}

func TestUserIsShownAsEachClientSeesIt(t *testing.T) {
	d := open(t, false)
	d.signIn()
	bob := d.add("bob", false)
	d.must("GET", userPath(bob), nil, 200, "OnApp, JSON", "OnApp, XML", "eContext", "SCIM", "&#34;login&#34;:&#34;bob&#34;", "&lt;login&gt;bob&lt;/login&gt;", "Not shown:", "curl ")
	d.must("GET", "users/main/999", nil, 404)
	d.must("GET", "users/main/x", nil, 404)
}

func TestMarkupInAFieldIsText(t *testing.T) {
	d := open(t, true)
	d.signIn()
	const markup = `<script>alert(1)</script>`
	form := url.Values{"realm": {"main"}, "username": {"x"}, "password": {secret}, "given": {markup}, "family": {markup}, "formatted": {markup}, "attributes": {`{"a<b>":"` + markup + `"}`}}
	body := d.must("POST", "users/new", form, 200, "The user was created.")
	for _, page := range []string{body, d.must("GET", "users?q=%3Cscript%3E", nil, 200), d.must("GET", "users/main/2/edit", nil, 200)} {
		if strings.Contains(page, markup) || strings.Contains(page, "<b>") {
			t.Errorf("the markup is part of the page:\n%s", page)
		}
		if !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("the name is not shown:\n%s", page)
		}
	}
}

func TestFormsSayWhatIsWrong(t *testing.T) {
	d := open(t, true)
	d.signIn()
	d.add("bob", false)
	d.must("POST", "users/new", url.Values{"realm": {"main"}, "username": {"Bob"}, "password": {secret}, "given": {"Ann"}, "attributes": {"{}"}}, 422, "is taken by another user", `value="Ann"`)
	d.must("POST", "users/new", url.Values{"realm": {"main"}, "username": {"new"}, "password": {"short"}, "attributes": {"{}"}}, 422, "must have at least 8 characters")
	d.must("POST", "users/new", url.Values{"realm": {"main"}, "username": {"new"}, "password": {secret}, "until": {"tomorrow"}, "attributes": {"[1]"}}, 422, "must be like 2030-01-31", "must be one JSON object", `value="tomorrow"`)
	d.must("POST", "users/new", url.Values{"realm": {"syncano:accounts"}, "username": {"new"}, "password": {secret}, "attributes": {"{}"}}, 422, "is not a realm of users")
}

func TestOperatorChangesAUser(t *testing.T) {
	d := open(t, true)
	d.signIn()
	bob := d.add("bob", false)
	at := userPath(bob)
	edit := url.Values{"revision": {"1"}, "username": {"bobby"}, "email": {"bob@example.com"}, "given": {"Bob"}, "until": {"2030-01-31 12:00:00"}, "attributes": {`{"b":1.0,"a":"x"}`}}
	d.must("POST", at+"/edit", edit, 200, "Saved.", "bobby")
	d.must("POST", at+"/edit", edit, 422, "Another change was saved meanwhile.")
	now := d.user(bob.ID)
	if v, _ := now.Attributes.Get("b"); now.Username != "bobby" || now.Name.Given != "Bob" || v != "1.0" || now.Attributes[0].Name != "b" || now.EnabledUntil.Year() != 2030 {
		t.Errorf("stored %+v", now)
	}
	d.must("POST", at+"/disable", url.Values{}, 200, "The user was disabled.")
	if d.user(bob.ID).Enabled {
		t.Error("not disabled")
	}
	d.must("POST", at+"/enable", url.Values{}, 200, "The user was enabled.")
	d.must("POST", at+"/unlock", url.Values{}, 200, "may log in again")
	d.must("POST", at+"/password", url.Values{"password": {"short"}}, 422, "must have at least 8 characters")
	d.must("POST", at+"/password", url.Values{"password": {"a new password"}}, 200, "all sessions have ended")
	if ok, err := d.dir.Verify(t.Context(), core.Attempt{Realm: core.MainRealm, Name: "bobby", User: d.user(bob.ID)}, "a new password"); !ok || err != nil {
		t.Errorf("the new password: %v, %v", ok, err)
	}
	d.must("POST", at+"/delete", url.Values{}, 422, "Check the box")
	d.must("POST", at+"/delete", url.Values{"sure": {"yes"}}, 200, "<h1>Users</h1>")
	d.must("GET", at, nil, 404)
	d.must("POST", at+"/promote", url.Values{}, 404)
}

func TestAnotherDialectCannotTakeAnOperatorsPlace(t *testing.T) {
	d := open(t, true)
	admin := d.add("admin", false)
	err := d.dir.Update(t.Context(), core.ActingUser("onapp", admin, core.ProofSecret), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, "olga"))
		if err != nil {
			return err
		}
		u.Email = "mine@example.com"
		return tx.SaveUser(u)
	})
	if core.KindOf(err) != core.Forbidden {
		t.Errorf("the change of an operator's address: %v", err)
	}
}

func TestListPagesAndFilters(t *testing.T) {
	d := open(t, true)
	d.signIn()
	for i := range 60 {
		d.add("user"+strconv.Itoa(i), false)
	}
	d.must("POST", "users/main/5/disable", url.Values{}, 200)
	body := d.must("GET", "users", nil, 200, "61 users.", "Next page")
	if strings.Contains(body, "user59") {
		t.Error("the first page has all users")
	}
	d.must("GET", "users?realm=main&after=50", nil, 200, "user59")
	body = d.must("GET", "users?state=disabled", nil, 200, "user3")
	if strings.Contains(body, "user4<") {
		t.Error("the filter by state lets active users through")
	}
	d.must("GET", "users?q=USER59", nil, 200, "user59")
	d.must("GET", "users?q=no+such+name", nil, 200, "No user matches")
	d.must("GET", "groups", nil, 200, "Operators")
	d.must("GET", "groups/main/operator.group/1", nil, 200, "olga")
}

func TestRequestsAreFollowedLive(t *testing.T) {
	d := open(t, false)
	d.signIn()
	bob := d.add("bob", false)
	for i := range 1100 { // more than are kept
		d.live.Note(console.Entry{Dialect: "onapp", Operation: "users.list", Method: "GET", Status: 200 + i%2*201, Took: time.Millisecond, Why: "no password"})
	}
	d.live.Note(console.Entry{Dialect: "econtext", Operation: "login", Method: "POST", Status: 401, Realm: "main", User: bob.ID, Why: "wrong password"})
	d.must("GET", "live?dialect=econtext&outcome=refused", nil, 200, "POST login", "wrong password")
	d.must("GET", userPath(bob), nil, 200, "Last requests", "wrong password")
	d.must("GET", "live/1101", nil, 200, "wrong password")
	d.must("GET", "live/1", nil, 404, "not among the last")
	if body := d.must("GET", "live?outcome=answered", nil, 200); strings.Contains(body, "<td>401</td>") {
		t.Error("a refusal is shown among the answered")
	}

	res, err := d.http.Get(d.base + "live/events?dialect=onapp")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	d.live.Note(console.Entry{Dialect: "econtext", Operation: "other"})
	d.live.Note(console.Entry{Dialect: "onapp", Operation: "users.delete", Status: 204})
	events := bufio.NewScanner(res.Body)
	for events.Scan() {
		if strings.Contains(events.Text(), `"other"`) {
			t.Error("the stream has another dialect's request")
		}
		if strings.Contains(events.Text(), `"users.delete"`) {
			return
		}
	}
	t.Errorf("the stream ended: %v", events.Err())
}

// TestALostStoreIsSaidAndAskedAgain: a page comes back by itself, and a form does not send
// itself twice.
func TestALostStoreIsSaidAndAskedAgain(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.signIn()
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"users", "users/main/1", "groups", "keys", "move"} {
		d.must("GET", path, nil, 500, "The store does not answer.", `data-retry="5"`)
	}
	if page := d.must("POST", "users/main/1/disable", url.Values{}, 500, "send the form again"); strings.Contains(page, "data-retry") {
		t.Error("a form would send itself again")
	}
}

// TestAssetsAreSmall: what a browser loads besides a page is at most 60 KB.
func TestAssetsAreSmall(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	total := 0
	for _, name := range regexp.MustCompile(`"[^"]*(static/[^"]+)"`).FindAllStringSubmatch(d.must("GET", "sign-in", nil, 200), -1) {
		total += len(d.must("GET", name[1], nil, 200))
	}
	if total < 2000 || total > 60_000 {
		t.Errorf("the assets have %d bytes", total)
	}
}
