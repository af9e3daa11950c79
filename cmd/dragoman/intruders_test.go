package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// No sequence of requests of any dialect ends with a user or a key that holds a
// right which no holder of that right gave. Each run lets some weak callers, who act
// together, send random requests: at every moment the rights of each user and record
// are those of the start, or among those that the callers held at the start, and
// users who hold more than the callers keep their login data, keys and status.
func TestNoRequestsEndWithARightThatNoHolderGave(t *testing.T) {
	const runs, steps = 16, 250
	changes := map[string]int{}
	for seed := range uint64(runs) {
		newIntruders(t, seed, false, dialecttest.SQLite().Open(t)).run(seed, steps, changes)
	}
	for _, name := range []string{"syncano", "econtext", "onapp", "scim"} {
		if changes[name] < 20 {
			t.Errorf("%d requests of %s changed something, which is too few to prove anything", changes[name], name)
		}
	}
	t.Log("changes:", changes)
}

// Two replicas, of which each request goes to either, are no weaker than one.
func TestNoRequestsToTwoReplicasEndWithARightThatNoHolderGave(t *testing.T) {
	coretest.NeedLong(t)
	changes := map[string]int{}
	for seed := range uint64(4) {
		dsn := pgtest.DSN(t)
		newIntruders(t, 100+seed, false, openReplica(t, dsn), openReplica(t, dsn)).run(100+seed, 150, changes)
	}
	if n := changes["syncano"] + changes["econtext"] + changes["onapp"] + changes["scim"]; n < 30 {
		t.Errorf("%d requests changed something, which is too few to prove anything", n)
	}
	t.Log("changes:", changes)
}

func openReplica(t *testing.T, dsn string) core.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// run sends requests, and fails after one that lets the callers reach what they must not.
func (w *intruders) run(seed uint64, steps int, changes map[string]int) {
	w.t.Helper()
	for range steps {
		asked, status := w.step()
		if status >= 300 || strings.HasPrefix(asked, "GET") {
			continue
		}
		changes[w.dialectOf(asked)]++
		if broken := w.violations(); broken != nil {
			w.t.Fatalf("run %d, callers %v: after %s: %d\n%s", seed, w.members, asked, status, strings.Join(broken, "\n"))
		}
	}
}

// The same requests take rights over where the dialects are trusted, so the test
// above can fail.
func TestTrustedDialectsLetRightsBeTaken(t *testing.T) {
	for seed := range uint64(16) {
		w := newIntruders(t, seed, true, dialecttest.SQLite().Open(t))
		for range 250 {
			if w.step(); w.violations() != nil {
				return
			}
		}
	}
	t.Error("nothing was taken over")
}

// Keys of the callers.
const (
	intrudersPassword = "intruders-password"
	readerKey         = "ca11ab1ec0ffee00ca11ab1ec0ffee00ca11ab16"
	writerKey         = "ca11ab1ec0ffee00ca11ab1ec0ffee00ca11ab14"
	plainAPIKey       = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c93"
	signupAPIKey      = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c95"
	groupAPIKey       = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c97"
	anonymousAPIKey   = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c99"
)

const intrudersSeed = `users:
  - {username: admin, email: admin@example.com, password: changeme1}
  - {username: boss, email: boss@example.com, password: changeme1}
  - {username: caller, email: caller@example.com, password: changeme1}
  - {username: ann, email: ann@example.com, password: changeme1}
  - {username: bob, email: bob@example.com, password: changeme1}
syncano:
  accounts:
    - {email: admin@example.com, account_key: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70}
    - {email: reader@example.com, account_key: ` + readerKey + `}
    - {email: writer@example.com, account_key: ` + writerKey + `}
  instances:
    - name: main
      owner: admin@example.com
      admins: [{email: reader@example.com, role: read}, {email: writer@example.com, role: write}]
      api_keys:
        - {key: ` + seedAPIKey + `, ignore_acl: true, allow_user_create: true}
        - {key: ` + plainAPIKey + `}
        - {key: ` + signupAPIKey + `, allow_user_create: true}
        - {key: ` + groupAPIKey + `, allow_group_create: true}
        - {key: ` + anonymousAPIKey + `, allow_anonymous_read: true}
econtext: {members: [admin, caller]}
scim: {tokens: [{name: intruder, token: ` + scimToken + `, write: true}]}
onapp: {administrators: [{username: admin}, {username: boss}]}
`

// intruders are weak callers with what they know of a gateway.
type intruders struct {
	t       *testing.T
	random  *rand.Rand
	dir     *core.Directory // of the first replica
	mux     dialects.Mux
	muxes   []dialects.Mux // of all replicas
	members []string       // who is among them
	callers []http.Header  // what they can send
	keys    []string       // keys that answers showed
	rights  map[core.Realm]core.Authority
	start   *holdings
	made    int
	// verified are the hashes that were compared with the callers' password.
	verified map[string]bool
}

// identityProvider is the caller with a token of SCIM.
const (
	identityProvider = "identity provider"
	scimToken        = "intruders-token-of-scim-1234567890"
)

// callsEContext is the caller who is a member of eContext's base application.
const callsEContext = "calls econtext"

// weak are the callers that a run chooses from: permissions of an OnApp role, an
// API key or the key of an account.
var weak = map[string][]int{
	callsEContext: nil, "creates users": {2}, "updates users": {8, 12}, "makes keys": {12, 14}, "edits roles": {29, 31, 32, 33}, "suspends": {5},
	"deletes": {3}, "nothing": nil,
	identityProvider: nil, seedAPIKey: nil, plainAPIKey: nil, signupAPIKey: nil, groupAPIKey: nil, anonymousAPIKey: nil, readerKey: nil, writerKey: nil,
}

// newIntruders lets some callers in at replicas of a gateway, one for each store.
func newIntruders(t *testing.T, seed uint64, trusted bool, stores ...core.Store) *intruders {
	t.Helper()
	w := &intruders{t: t, random: rand.New(rand.NewPCG(seed, 1)), rights: map[core.Realm]core.Authority{}, verified: map[string]bool{}}
	clock := coretest.NewClock()
	for i, s := range stores {
		w.addReplica(core.New(core.Config{
			Store: s, Now: clock.Now, Rand: coretest.Rand(byte(i) + 1), Hash: coretest.CheapHash,
			Gate: passwd.NewGate(2, 8), TrustDialects: trusted,
		}))
	}
	w.mux = w.muxes[0]
	if err := w.dir.ProvisionExisting(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.choose()
	w.must("PATCH", "/v1.1/instances/main/users/4/", `{"profile":{"other_permissions":"write"}}`, "X-API-KEY", seedAPIKey)
	w.start = w.holdings()
	return w
}

// addReplica opens a gateway. The first one applies the seed.
func (w *intruders) addReplica(dir *core.Directory) {
	w.t.Helper()
	g, _ := gatewayOn(w.t, dir)
	w.muxes = append(w.muxes, g.Dialects())
	if w.dir != nil {
		return
	}
	w.dir = dir
	section, err := gateway.ParseSeed("seed.yaml", []byte(intrudersSeed), gateway.Table())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := g.ApplySeed(w.t.Context(), section); err != nil {
		w.t.Fatal(err)
	}
}

// choose lets four weak callers in, and adds up what they may do.
func (w *intruders) choose() {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range weak {
			if !yield(name) {
				return
			}
		}
	})
	w.random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:4] {
		w.members = append(w.members, name)
		if name == identityProvider {
			w.callers = append(w.callers, http.Header{"Authorization": {"Bearer " + scimToken}})
			continue
		}
		if len(name) == len(seedAPIKey) {
			w.callers = append(w.callers, http.Header{"X-Api-Key": {name}})
			continue
		}
		w.callers = append(w.callers, w.addClerk(name, weak[name]))
	}
	w.addRights()
}

// addClerk adds an OnApp user with those permissions.
func (w *intruders) addClerk(name string, permissions []int) http.Header {
	login := strings.ReplaceAll(name, " ", "-")
	ids := strings.ReplaceAll(fmt.Sprint(permissions), " ", ",")
	role := w.must("POST", "/roles.json", `{"role":{"label":"`+name+`","permission_ids":`+ids+`}}`, admin...)
	id := regexp.MustCompile(`"id":(\d+)`).FindStringSubmatch(role)[1]
	w.must("POST", "/users.json", `{"user":{"login":"`+login+`","email":"`+login+`@example.com","password":"`+intrudersPassword+
		`","role_ids":[`+id+`]}}`, admin...)
	if name == callsEContext {
		w.must("POST", "/api/users/user/"+w.named(login).UID+"/application/"+econtext.DefaultApplicationID, "", admin...)
	}
	return http.Header{"Authorization": {basic(login + ":" + intrudersPassword)}}
}

// addRights finds what the members may do at the start, by their names.
func (w *intruders) addRights() {
	h := w.holdings()
	for who, a := range h.authority {
		for _, name := range w.members {
			if who == "user "+strings.ReplaceAll(name, " ", "-") || who == "record "+name || strings.HasPrefix(who, "role "+name) {
				w.rights[h.realms[who]] = sum(w.rights[h.realms[who]], a)
			}
		}
	}
}

// sum returns the rights of both.
func sum(a, b core.Authority) core.Authority {
	all := core.Authority{}
	for _, one := range []core.Authority{a, b} {
		for dialect, rights := range one {
			for right := range rights {
				if all[dialect] == nil {
					all[dialect] = map[string]bool{}
				}
				all[dialect][right] = true
			}
		}
	}
	return all
}

func (w *intruders) must(method, path, body string, header ...string) string {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(header[0], header[1])
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	if rec.Code >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	return rec.Body.String()
}

// step sends one random request by one of the callers, who learn from the answer.
func (w *intruders) step() (asked string, status int) {
	line := w.fill(attempts[w.random.IntN(len(attempts))])
	method, rest, _ := strings.Cut(line, " ")
	path, body, _ := strings.Cut(rest, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for name, values := range w.callerOf(path) {
		r.Header[name] = values
	}
	if len(w.keys) > 0 && w.random.IntN(2) == 0 {
		r.Header.Set("X-User-Key", w.keys[w.random.IntN(len(w.keys))])
	}
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(body, "<") {
		r.Header.Set("Content-Type", "application/xml")
	}
	asked = line + fmt.Sprint(r.Header)
	rec := httptest.NewRecorder()
	w.muxes[w.random.IntN(len(w.muxes))].ServeHTTP(rec, r)
	if rec.Code < 300 {
		w.learn(rec.Body.String())
	}
	return asked, rec.Code
}

// callerOf is one of the callers with credentials of the path's dialect, if there is one.
func (w *intruders) callerOf(path string) http.Header {
	kind, scheme := "Authorization", "Basic "
	switch {
	case strings.HasPrefix(path, "/v"):
		kind, scheme = "X-Api-Key", ""
	case strings.HasPrefix(path, "/scim"):
		scheme = "Bearer "
	}
	for range 20 {
		if h := w.callers[w.random.IntN(len(w.callers))]; h[kind] != nil && strings.HasPrefix(h[kind][0], scheme) {
			return h
		}
	}
	return nil
}

// shownKeys finds keys in an answer.
var shownKeys = regexp.MustCompile(`"(?:user_key|api_key)":"([0-9a-f]{40})"`)

// learn remembers keys, and users who now have the callers' password.
func (w *intruders) learn(answer string) {
	for _, m := range shownKeys.FindAllStringSubmatch(answer, -1) {
		if !slices.Contains(w.keys, m[1]) {
			w.keys = append(w.keys, m[1])
			w.callers = append(w.callers, http.Header{"X-Api-Key": {m[1]}})
		}
	}
	err := w.dir.View(context.Background(), func(tx *core.Tx) error {
		users, err := tx.Users(core.UserQuery{Realm: core.MainRealm})
		for _, u := range users {
			auth := http.Header{"Authorization": {basic(u.Username + ":" + intrudersPassword)}}
			if !w.verified[u.Password] && passwd.Verify(u.Password, intrudersPassword) {
				w.callers = append(w.callers, auth)
			}
			w.verified[u.Password] = true
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *intruders) dialectOf(asked string) string {
	_, path, _ := strings.Cut(asked, " ")
	return w.mux.For(path).Name()
}
