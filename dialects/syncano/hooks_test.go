package syncano_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

const (
	badToken    = `{"detail":"Invalid token."}`
	wrongToken  = `{"detail":"Invalid authorization token."}`
	socialLogin = main + "user/auth/facebook/"
	accessToken = `{"access_token": " T0K3N "}`
)

// operatorHook is a hook that notes the questions and answers each in one way.
type operatorHook struct {
	mu     sync.Mutex
	asked  []map[string]any
	status int
	answer string
	before func() // if not nil, runs before the answer
}

func (h *operatorHook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.before != nil {
		h.before()
	}
	var question map[string]any
	_ = json.NewDecoder(r.Body).Decode(&question)
	h.asked = append(h.asked, question)
	w.WriteHeader(h.status)
	_, _ = fmt.Fprint(w, h.answer)
}

func (h *operatorHook) questions() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.asked)
}

// newHookWorld has a hook for everything, which answers so.
func newHookWorld(t *testing.T, answer string, change ...func(*syncano.Config)) (*world, *operatorHook) {
	h := &operatorHook{status: 200, answer: answer}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return newWorld(t, func(cfg *syncano.Config) {
		cfg.SocialHook, cfg.PasswordHook = server.URL, server.URL
		for _, c := range change {
			c(cfg)
		}
	}), h
}

func allowAuthority(cfg *syncano.Config) { cfg.SocialAuthority = true }

func TestSocialLoginMakesAUserOnce(t *testing.T) {
	w, h := newHookWorld(t, `{"id": "10203"}`)
	w.refused(plainKey, "POST", socialLogin, accessToken, 403, `{"detail":"You do not have permission to create new user."}`)
	first := w.must(userKey, "POST", socialLogin, accessToken)
	if first["username"] != "facebook_10203" || first["user_key"] == "" {
		t.Error(first)
	}
	if again := w.must(plainKey, "POST", main+"user/auth/facebook/", accessToken); again["id"] != first["id"] || again["user_key"] != first["user_key"] {
		t.Error(again)
	}
	if flat := w.must(plainKey, "POST", "/v2/instances/main/users/auth/facebook/", accessToken); flat["id"] != first["id"] || flat["user_key"] != first["user_key"] {
		t.Error(flat)
	}
	want := `map[access_token:T0K3N backend:facebook event:social_login instance:main]`
	if got := fmt.Sprint(h.asked[0]); got != want {
		t.Errorf("the hook was asked %s, want %s", got, want)
	}
	w.refused(plainKey, "POST", main+"user/auth/", credentialsOf("facebook_10203", "x"), 401, wrongPassword)
	// The same id of another provider is another user.
	if other := w.must(userKey, "POST", main+"user/auth/github/", accessToken); other["id"] == first["id"] {
		t.Error(other)
	}
}

// The hook may take its time.
func TestASocialLoginWithAKeyThatEndsMeanwhileLinksNothing(t *testing.T) {
	w, h := newHookWorld(t, `{"id": "provider-1", "user": 1}`)
	w.must(ownerKey, "POST", users, `{"username": "geralt", "password": "x"}`)
	h.before = func() { w.must(ownerKey, "DELETE", main+"api_keys/2/", "") }
	w.refused(plainKey, "POST", socialLogin, accessToken, 403, `{"detail":"No such API Key."}`)
	if id := w.user(1).Handle("syncano.social.facebook"); id != "" {
		t.Errorf("the user is linked to %q", id)
	}
}

func TestAUserMayHaveSeveralIDsOfOneProvider(t *testing.T) {
	w, h := newHookWorld(t, "")
	user := w.must(ownerKey, "POST", users, `{"username": "geralt", "password": "x"}`)
	for _, answer := range []string{`{"id": "first", "user": 1}`, `{"id": "second", "user": 1}`, `{"id": "first"}`, `{"id": "second"}`} {
		h.answer = answer
		if got := w.must(userKey, "POST", socialLogin, accessToken); got["id"] != user["id"] {
			t.Errorf("%s logs in %v", answer, got["username"])
		}
	}
}

func TestSocialLoginTakesNameAndAddressOfANewUser(t *testing.T) {
	w, _ := newHookWorld(t, `{"id": "1", "username": "Ann", "email": "ann@example.com"}`)
	id := int64(w.must(userKey, "POST", socialLogin, accessToken)["id"].(float64))
	if u := w.user(id); u.Username != "ann" || u.Email != "ann@example.com" {
		t.Error(u.Username, u.Email)
	}
}

// A hook does not take over a user by a name: it has to give the number.
func TestSocialLoginDoesNotTakeOverAName(t *testing.T) {
	w, h := newHookWorld(t, `{"id": "1", "username": "ann"}`)
	ann := w.must(ownerKey, "POST", users, credentialsOf("ann", "secret"))
	w.refused(userKey, "POST", socialLogin, accessToken, 400, `{"username":["This field must be unique."]}`)
	h.answer = fmt.Sprintf(`{"id": "1", "user": %v}`, ann["id"])
	if got := w.must(plainKey, "POST", socialLogin, accessToken); got["id"] != ann["id"] {
		t.Error(got)
	}
	h.answer = `{"id": "1"}`
	if got := w.must(plainKey, "POST", socialLogin, accessToken); got["id"] != ann["id"] {
		t.Error(got)
	}
	h.answer = `{"id": "2", "user": 99}`
	w.refused(userKey, "POST", socialLogin, accessToken, 401, wrongToken)
	w.change(int64(ann["id"].(float64)), func(u *core.User) { u.Enabled = false })
	h.answer = `{"id": "1"}`
	w.refused(userKey, "POST", socialLogin, accessToken, 401, wrongToken)
}

func TestSocialHookSaysNoOrNothing(t *testing.T) {
	w, h := newHookWorld(t, "")
	w.refused(userKey, "POST", socialLogin, `{"access_token": " "}`, 401, wrongToken)
	w.refused(userKey, "POST", main+"user/auth/myspace/", accessToken, 400, `{"detail":"Unsupported social backend."}`)
	if h.questions() != 0 {
		t.Error("the hook was asked without need")
	}
	h.status = 401
	w.refused(userKey, "POST", socialLogin, accessToken, 401, wrongToken)
	for status, answer := range map[int]string{500: "", 200: "no object", 302: ""} {
		h.status, h.answer = status, answer
		rec := w.do(userKey, "POST", socialLogin, accessToken)
		if rec.Code != 503 || rec.Header().Get("Retry-After") == "" {
			t.Errorf("hook answers %d %s: %d %s", status, answer, rec.Code, rec.Body)
		}
	}
	h.status, h.answer = 200, `{"id": ""}`
	if rec := w.do(userKey, "POST", socialLogin, accessToken); rec.Code != 500 {
		t.Errorf("no id: %d %s", rec.Code, rec.Body)
	}
}

func TestSocialHookIsNotAskedForEveryWrongToken(t *testing.T) {
	w, h := newHookWorld(t, "")
	h.status = 401
	for i := range 400 {
		w.refused(userKey, "POST", socialLogin, fmt.Sprintf(`{"access_token": "%d"}`, i), 401, wrongToken)
	}
	if n := h.questions(); n > 310 {
		t.Errorf("asked %d times", n)
	}
}

// A hook that is slow is slow for the address that asks it all the time, not for others.
func TestOneAddressDoesNotStopSocialLogins(t *testing.T) {
	const flood, half = 40, 8
	arrived, wait := make(chan bool, flood), make(chan bool)
	var slow atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Token string `json:"access_token"`
		}
		_ = json.NewDecoder(r.Body).Decode(&q)
		switch {
		case q.Token != "slow":
		case slow.Add(1) > half:
			t.Error("one address has more than half of the hook's places")
		default:
			arrived <- true
			<-wait
		}
		_, _ = fmt.Fprint(w, `{"id": "1"}`)
	}))
	t.Cleanup(server.Close)
	w := newWorld(t, func(cfg *syncano.Config) { cfg.SocialHook = server.URL })
	w.d.SetSocialTimeout(time.Hour)
	var ended sync.WaitGroup
	for range flood {
		ended.Go(func() { w.doFrom("192.0.2.99:1", "POST", socialLogin, `{"access_token": "slow"}`) })
	}
	for range half {
		<-arrived
	}
	w.must(userKey, "POST", socialLogin, accessToken)
	slow.Store(-flood) // the others may ask now
	close(wait)
	ended.Wait()
}

// powers makes membership of its groups confer rights.
type powers struct{}

func (powers) Name() string                              { return "elsewhere" }
func (powers) AuthorityKinds() []string                  { return []string{"elsewhere.power"} }
func (powers) GroupRights(*core.Group) ([]string, error) { return []string{"everything"}, nil }

func TestSocialLoginOfAUserWhoHoldsRightsMustBeAllowed(t *testing.T) {
	for allowed, change := range map[bool]func(*syncano.Config){false: nil, true: allowAuthority} {
		w, h := newHookWorld(t, "", func(cfg *syncano.Config) {
			if change != nil {
				change(cfg)
			}
		})
		w.dir.AddAuthoritySource(powers{})
		u := w.born(&core.User{Realm: core.MainRealm, Username: "boss", Enabled: true})
		w.update(func(tx *core.Tx) error {
			g := &core.Group{Realm: core.MainRealm, Kind: "elsewhere.power", Key: "all", Name: "all"}
			if err := tx.SaveGroup(g); err != nil {
				return err
			}
			_, err := tx.Join(u, g)
			return err
		})
		h.answer = fmt.Sprintf(`{"id": "1", "user": %d}`, u.ID)
		if !allowed {
			w.refused(userKey, "POST", socialLogin, accessToken, 401, wrongToken)
		} else if got := w.must(plainKey, "POST", socialLogin, accessToken); got["username"] != "boss" || got["user_key"] == "" {
			t.Error(got)
		}
	}
}

func TestSocialLoginOfAnAccountMustBeAllowed(t *testing.T) {
	const path = "/v1.1/account/auth/github/"
	w, h := newHookWorld(t, `{"id": "9", "user": 1}`)
	w.refused("", "POST", path, accessToken, 401, wrongToken)
	if h.questions() != 0 {
		t.Error("the hook was asked")
	}
	w, h = newHookWorld(t, `{"id": "9", "user": 1}`, allowAuthority)
	if got := w.must("", "POST", path, accessToken); got["account_key"] != ownerKey {
		t.Error(got)
	}
	h.answer = `{"id": "8", "username": "new"}`
	w.refused("", "POST", path, accessToken, 401, wrongToken)
}

const (
	resetPath   = "/v1.1/account/password/reset/"
	confirmPath = resetPath + "confirm/"
	ownerMail   = `{"email": "Owner@example.com"}`
)

func confirmation(question map[string]any, password string) string {
	return fmt.Sprintf(`{"uid": %q, "token": %q, "new_password": %q}`, question["uid"], question["token"], password)
}

func ownerLogin(password string) string {
	return fmt.Sprintf(`{"email": "owner@example.com", "password": %q}`, password)
}

// resetPassword asks for a reset, and waits until the hook has been asked.
func (w *world) resetPassword(email string) {
	w.t.Helper()
	w.must("", "POST", resetPath, email)
	w.d.AwaitResets()
}

func TestPasswordIsResetByAMailedToken(t *testing.T) {
	w, h := newHookWorld(t, "")
	w.resetPassword(ownerMail)
	q := h.asked[0]
	if q["event"] != "password_reset" || q["email"] != "owner@example.com" || len(q["token"].(string)) != 64 {
		t.Error(q)
	}
	w.refused("", "POST", confirmPath, confirmation(map[string]any{"uid": "2", "token": q["token"]}, "new"), 400, badToken)
	w.refused("", "POST", confirmPath, confirmation(map[string]any{"uid": "1", "token": "x"}, "new"), 400, badToken)
	w.must("", "POST", confirmPath, confirmation(q, "tea-for-two"))
	w.must("", "POST", "/v1.1/account/auth/", ownerLogin("tea-for-two"))
	w.refused("", "POST", "/v1.1/account/auth/", ownerLogin(accountPassword), 401, wrongPassword)
	w.refused("", "POST", confirmPath, confirmation(q, "twice"), 400, badToken)
}

func TestAMailedTokenEnds(t *testing.T) {
	for name, c := range map[string]func(*world){
		"after an hour": func(w *world) { w.clock.Advance(time.Hour) },
		"with a changed password": func(w *world) {
			w.must(ownerKey, "POST", "/v1.1/account/password/", `{"current_password": "`+accountPassword+`", "new_password": "tea-for-two"}`)
		},
		"with a changed address": func(w *world) {
			w.must(ownerKey, "PATCH", "/v1.1/account/", `{"email": "new@example.com"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, h := newHookWorld(t, "")
			w.resetPassword(ownerMail)
			c(w)
			w.refused("", "POST", confirmPath, confirmation(h.asked[0], "new"), 400, badToken)
		})
	}
}

// The token that was mailed to the old address is void, that to the new one is good.
func TestAMailedTokenIsForOneAddress(t *testing.T) {
	w, h := newHookWorld(t, "")
	w.resetPassword(ownerMail)
	w.must(ownerKey, "PATCH", "/v1.1/account/", `{"email": "new@example.com"}`)
	w.clock.Advance(time.Minute)
	w.resetPassword(`{"email": "new@example.com"}`)
	w.refused("", "POST", confirmPath, confirmation(h.asked[0], "stolen"), 400, badToken)
	w.must("", "POST", confirmPath, confirmation(h.asked[1], "tea-for-two"))
}

// Whoever registers the address of another person first has nothing left after the owner
// of the mailbox has reset the password.
func TestAMailedTokenEndsWhatWasHandedOutBefore(t *testing.T) {
	w, h := newHookWorld(t, "", func(cfg *syncano.Config) { cfg.OpenRegistration = true })
	const mail = `{"email": "boss@example.com"`
	squatter := w.must("", "POST", "/v1.1/account/register/", mail+`, "password": "squatted"}`)["account_key"].(string)
	w.resetPassword(mail + "}")
	w.clock.Advance(time.Minute)
	w.resetPassword(mail + "}")
	w.must("", "POST", confirmPath, confirmation(h.asked[0], "tea-for-two"))
	key := w.must("", "POST", "/v1.1/account/auth/", mail+`, "password": "tea-for-two"}`)["account_key"].(string)
	w.must(key, "POST", "/v1.1/instances/", `{"name": "bossinst"}`)
	const unknown = `{"detail":"No such API Key."}`
	for _, path := range []string{"/v1.1/account/", "/v1.1/instances/bossinst/users/"} {
		w.refused(squatter, "GET", path, "", 403, unknown)
	}
	w.refused(squatter, "PATCH", "/v1.1/account/", `{"email": "squatter@example.com"}`, 403, unknown)
	w.refused("", "POST", confirmPath, confirmation(h.asked[1], "other"), 400, badToken)
}

// A password that an operator sets, and a stop, end an account's key as they do a user's.
func TestAnAccountKeyEndsWithTheOperatorsChange(t *testing.T) {
	for name, change := range map[string]func(*core.User){
		"password": func(u *core.User) { u.Password = "other" },
		"disabled": func(u *core.User) { u.Enabled = false },
		"expired":  func(u *core.User) { u.EnabledUntil = time.Unix(1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(*syncano.Config) {})
			w.must(ownerKey, "GET", "/v1.1/account/", "")
			w.update(func(tx *core.Tx) error {
				u, err := tx.User(core.ByID("syncano:accounts", 1))
				if err != nil {
					return err
				}
				change(u)
				return tx.SaveUser(u)
			})
			w.refused(ownerKey, "GET", "/v1.1/account/", "", 403, `{"detail":"No such API Key."}`)
		})
	}
}

// A stranger who asks once a minute keeps the owner from nothing.
func TestAMailedTokenStaysGoodWhenOthersAreMade(t *testing.T) {
	w, h := newHookWorld(t, "")
	w.resetPassword(ownerMail)
	for range 58 {
		w.clock.Advance(time.Minute)
		w.resetPassword(ownerMail)
	}
	w.must("", "POST", confirmPath, confirmation(h.asked[0], "tea-for-two"))
	w.refused("", "POST", confirmPath, confirmation(h.asked[58], "other"), 400, badToken)
}

func TestAMailboxIsNotFlooded(t *testing.T) {
	w, h := newHookWorld(t, "")
	for range 3 {
		w.resetPassword(ownerMail)
	}
	if h.questions() != 1 {
		t.Errorf("the hook is asked %d times", h.questions())
	}
	w.clock.Advance(time.Minute)
	w.resetPassword(ownerMail)
	if h.questions() != 2 {
		t.Errorf("after a minute the hook is asked %d times", h.questions())
	}
}

// The client is not told, since the gateway asks no hook about an unknown address. The
// owner of the account can ask again at once.
func TestPasswordHookSaysNoOrNothing(t *testing.T) {
	var log bytes.Buffer
	w, h := newHookWorld(t, "", func(cfg *syncano.Config) { cfg.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, status := range []int{403, 500, 200} {
		h.status = status
		w.resetPassword(ownerMail)
	}
	for _, why := range []string{"hook: it refused", "hook: status 500"} {
		if !strings.Contains(log.String(), why) {
			t.Errorf("the log lacks %q: %s", why, &log)
		}
	}
	if h.questions() != 3 {
		t.Fatalf("the hook is asked %d times", h.questions())
	}
	for _, q := range h.asked[:2] {
		w.refused("", "POST", confirmPath, confirmation(q, "tea-for-two"), 400, badToken)
	}
	w.must("", "POST", confirmPath, confirmation(h.asked[2], "tea-for-two"))
}

// A public endpoint does not say that an address is an account's, nor does the time that
// it takes: the hook is asked when the client has its answer.
func TestPasswordResetsDoNotTellWhichAddressesAreAccounts(t *testing.T) {
	wait := make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-wait }))
	t.Cleanup(server.Close)
	w := newWorld(t, func(cfg *syncano.Config) { cfg.PasswordHook = server.URL })
	for _, email := range []string{ownerMail, ownerMail, `{"email": "unknown@example.com"}`, `{"email": "unknown@example.com"}`} {
		if rec := w.do("", "POST", resetPath, email); rec.Code != 204 || rec.Body.Len() > 0 {
			t.Errorf("%s: %d %s", email, rec.Code, rec.Body)
		}
	}
	close(wait)
	w.d.AwaitResets()
}

func TestResetsUnderWayAreBounded(t *testing.T) {
	wait := make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-wait }))
	t.Cleanup(server.Close)
	w := newWorld(t, func(cfg *syncano.Config) { cfg.PasswordHook = server.URL })
	free := w.d.OccupyResets()
	for _, email := range []string{ownerMail, `{"email": "unknown@example.com"}`} {
		if rec := w.do("", "POST", resetPath, email); rec.Code != 503 {
			t.Errorf("%s: %d %s", email, rec.Code, rec.Body)
		}
	}
	free()
	close(wait)
	w.resetPassword(ownerMail)
}

// One address leaves half of the resets under way to the others.
func TestResetsUnderWayAreBoundedByAddress(t *testing.T) {
	w, _ := newHookWorld(t, "")
	other := httptest.NewRequest("POST", resetPath, nil)
	other.RemoteAddr = "192.0.2.99:1"
	defer w.d.OccupyResetsOf(other)()
	if rec := w.doFrom(other.RemoteAddr, "POST", resetPath, ownerMail); rec.Code != 503 {
		t.Errorf("the address that has half: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do("", "POST", resetPath, ownerMail); rec.Code != 204 {
		t.Errorf("another address: %d %s", rec.Code, rec.Body)
	}
}

// The store does not hold what a mail does.
func TestAMailedTokenIsNotStored(t *testing.T) {
	w, h := newHookWorld(t, "")
	w.resetPassword(ownerMail)
	err := w.dir.View(context.Background(), func(tx *core.Tx) error {
		list, err := tx.Records(core.RecordQuery{Realm: "syncano:accounts", Kind: "syncano.password_reset"})
		if err != nil || len(list) != 1 {
			return fmt.Errorf("%d records, %v", len(list), err)
		}
		if text := string(list[0].Body.Text()); text == "" || strings.Contains(text, h.asked[0]["token"].(string)) {
			t.Error(text)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAHookIsAURL(t *testing.T) {
	for _, bad := range []syncano.Settings{{SocialHook: "hook.example.com"}, {PasswordHook: "ftp://user:hunter2@hook.example.com/"}} {
		if _, err := bad.Config(); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if cfg, err := (syncano.Settings{SocialHook: "http://127.0.0.1:9000/"}).Config(); err != nil || cfg.SocialHook == "" {
		t.Error(cfg.SocialHook, err)
	}
}
