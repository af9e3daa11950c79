package econtext

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// closed is a Limiter that allows nothing.
type closed struct{}

func (closed) Allow(string) (time.Duration, bool) { return 1500 * time.Millisecond, false }

func TestLimiterRefusesAfterCredentials(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	d := New(Config{Directory: w.dir, Limiters: dialects.Limiters{Realm: closed{}}})
	if answer := ask(d, "nobody", "x", "GET", "/api/users", ""); answer.Code != http.StatusUnauthorized {
		t.Errorf("a stranger gets %d", answer.Code)
	}
	answer := ask(d, "admin", adminPassword, "GET", "/api/users", "")
	if answer.Code != http.StatusTooManyRequests || answer.Header().Get("Retry-After") != "2" {
		t.Errorf("%d, Retry-After %q", answer.Code, answer.Header().Get("Retry-After"))
	}
	if !strings.Contains(answer.Body.String(), `"errorcode": "429"`) {
		t.Errorf("not in the envelope: %s", answer.Body)
	}
}

// stored returns the document of the group or record that find finds.
func (w *world) stored(find func(tx *core.Tx) (*core.Document, error)) (doc *document) {
	w.t.Helper()
	err := w.dir.View(context.Background(), func(tx *core.Tx) error {
		body, err := find(tx)
		if err == nil {
			doc, err = documentOf(body)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return doc
}

func TestSecretIsStoredAsBcrypt(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.result("POST", "/api/users/user/weak-uid/apikey", `{"id": "KEY", "secret": "hush-hush"}`, nil)
	doc := w.stored(func(tx *core.Tx) (*core.Document, error) {
		r, err := tx.Record(w.keyRef("KEY"))
		if err != nil {
			return nil, err
		}
		return r.Body, nil
	})
	if !strings.HasPrefix(doc.secret, "$2b$") || len(doc.secret) != 60 || !passwd.Verify(doc.secret, "hush-hush") {
		t.Errorf("stored as %q", doc.secret)
	}
}

// An API key that is not there costs the hash of one that is.
func TestUnknownKeyIsComparedWithADecoy(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.result("POST", "/api/users/user/weak-uid/apikey", `{"id": "KEY", "secret": "hush-hush"}`, nil)
	w.result("PUT", "/api/users/user/weak-uid", `{"applications": ["spare"]}`, nil)
	for _, id := range []string{"KEY", "NOKEY"} {
		c, err := w.lookUp(context.Background(), attempt{kind: "apikey", username: id, application: "spare"})
		if err != nil || passwd.Identify(c.holder.Password) != passwd.Bcrypt {
			t.Errorf("%s: %v, compared with %+v", id, err, c.holder)
		}
		if (c.result != nil) != (id == "KEY") {
			t.Errorf("%s proves %+v", id, c.result)
		}
	}
	var have struct{ Authenticated bool }
	w.result("POST", "/api/authenticate", `{"type": "apikey", "application": "spare",
		"credential": {"username": "NOKEY", "password": "nobody's secret"}}`, &have)
	if have.Authenticated {
		t.Error("the decoy's secret is let in")
	}
}

func TestNewApplicationHasARandomSecret(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	secrets := map[string]bool{}
	for _, id := range []string{"a", "b"} {
		w.result("POST", "/api/applications/application", `{"id": "`+id+`", "name": "`+id+`"}`, nil)
		doc := w.stored(func(tx *core.Tx) (*core.Document, error) {
			g, err := tx.Group(w.application(id))
			if err != nil {
				return nil, err
			}
			return g.Body, nil
		})
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(doc.jwtSecret) || secrets[doc.jwtSecret] {
			t.Errorf("the secret is %q", doc.jwtSecret)
		}
		secrets[doc.jwtSecret] = true
	}
}

// A hash that the vendor's server made proves a password, cut at 72 bytes as there.
func TestImportedHashAuthenticates(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	long := strings.Repeat("x", 72)
	hash, err := passwd.HashBcrypt(4, long)
	if err != nil {
		t.Fatal(err)
	}
	w.change("admin", func(u *core.User) { u.Password = strings.Replace(hash, "$2b$", "$2a$", 1) })
	for password, want := range map[string]int{long: 200, long + "more": 200, long[1:]: 401} {
		if answer := w.askAs("admin", password, "GET", "/api/groups", ""); answer.Code != want {
			t.Errorf("%d bytes: %d, want %d", len(password), answer.Code, want)
		}
	}
}

// A blank password proves nothing, not even where the hash of one was brought in.
func TestBlankPasswordNeverAuthenticates(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	hash, err := passwd.HashBcrypt(4, "")
	if err != nil {
		t.Fatal(err)
	}
	w.change("admin", func(u *core.User) { u.Password = hash })
	answer := w.askAs("admin", "", "POST", "/api/authenticate",
		`{"type": "username", "credential": {"username": "admin", "password": " "}, "application": "`+DefaultApplicationID+`"}`)
	if !strings.Contains(answer.Body.String(), `"authenticated": false`) {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func TestUnknownDateIsBlank(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.change("weak", func(u *core.User) { u.CreatedAt = time.Time{} })
	if body := w.ask("GET", "/api/users/user/weak-uid", "").Body.String(); !strings.Contains(body, `"created_at": ""`) {
		t.Error(body)
	}
}

// Of many who want one address at once, one gets it.
func TestRaceForAnAddress(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	const many = 8
	answers := make([]int, many)
	texts := make([]string, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			body := fmt.Sprintf(`{"username": "racer%d", "email": "one@example.com", "password": "correct-horse", "applications": []}`, i)
			answer := ask(w.Dialect, "admin", adminPassword, "POST", "/api/users/user", body)
			answers[i], texts[i] = answer.Code, answer.Body.String()
		})
	}
	all.Wait()
	won := 0
	for i, code := range answers {
		switch {
		case code == http.StatusOK:
			won++
		case code != http.StatusBadRequest || !strings.Contains(texts[i], "already exists"):
			t.Errorf("%d %s", code, texts[i])
		}
	}
	if won != 1 {
		t.Errorf("%d got the address", won)
	}
}

// A key that goes is gone from its owner, whose modified_at stays.
func TestDeletedKeyLeavesItsOwnerAlone(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	for _, id := range []string{"A", "B", "C"} {
		w.result("POST", "/api/users/user/weak-uid/apikey", `{"id": "`+id+`"}`, nil)
	}
	before := w.ask("GET", "/api/users/user/weak-uid", "").Body.String()
	w.clock.Advance(time.Hour)
	w.result("PUT", "/api/users/user/weak-uid/apikey/B", `{"status": "DISABLED"}`, nil)
	w.result("DELETE", "/api/users/user/weak-uid/apikey/B", "", nil)
	one, list := w.ask("GET", "/api/users/user/weak-uid", "").Body.String(), w.ask("GET", "/api/users?offset=2", "").Body.String()
	for _, body := range []string{one, list} {
		if strings.Contains(body, `"id": "B"`) || !strings.Contains(body, `"id": "A"`) || !strings.Contains(body, `"id": "C"`) {
			t.Errorf("shows %s", body)
		}
	}
	if modified(before) != modified(one) {
		t.Errorf("modified_at moved: %s, then %s", modified(before), modified(one))
	}
}

func modified(body string) string {
	_, rest, _ := strings.Cut(body, `"modified_at": "`)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}
