package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

const (
	cookieName  = "dragoman_console"
	idleTime    = 30 * time.Minute
	longestTime = 12 * time.Hour
	maxSessions = 1000
)

// session is one browser that has signed in. Sessions are kept in memory: they end
// with the process, with a change of the operator's password, with the operator's
// right, and when one is refused.
type session struct {
	user           core.UserRef
	password       string // the encoded hash at sign-in
	right          int64  // the membership that made the user an operator at sign-in
	begun, lastUse time.Time
}

// stillHolds reports whether the user's password and right are those that the session
// began with. A right that was taken away and granted again is another one.
func (s *session) stillHolds(u *core.User, right int64) bool {
	return right != 0 && s.right == right && s.password == u.Password
}

func (s *session) over(now time.Time) bool {
	return now.Sub(s.lastUse) > idleTime || now.Sub(s.begun) > longestTime
}

// sessions are found by the digest of their token, so that memory holds no token.
type sessions struct {
	mu   sync.Mutex
	open map[string]*session
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// of returns the session that the request's cookie names, or nil.
func (s *sessions) of(r *http.Request, now time.Time) *session {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := digest(cookie.Value)
	found := s.open[key]
	if found == nil {
		return nil
	}
	if found.over(now) {
		delete(s.open, key)
		return nil
	}
	found.lastUse = now
	copied := *found
	return &copied
}

// begin opens a session and returns its token. The oldest goes if there are too many.
func (s *sessions) begin(u *core.User, right int64, now time.Time) (token string) {
	token = rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest, since := "", now
	for key, other := range s.open {
		if other.over(now) {
			delete(s.open, key)
		} else if !other.lastUse.After(since) {
			oldest, since = key, other.lastUse
		}
	}
	if len(s.open) >= maxSessions {
		delete(s.open, oldest)
	}
	s.open[digest(token)] = &session{user: core.ByID(u.Realm, u.ID), password: u.Password, right: right, begun: now, lastUse: now}
	return token
}

func (s *sessions) end(r *http.Request) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, digest(cookie.Value))
}

func (c *Console) cookie(r *http.Request, token string, age time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: token, Path: baseOf(r), MaxAge: int(age.Seconds()),
		HttpOnly: true, Secure: c.cfg.Secure(r), SameSite: http.SameSiteStrictMode,
	}
}

// signInPage is what the sign-in page shows.
type signInPage struct {
	Name, Next, Problem string
}

func (c *Console) showSignIn(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, "sign-in", signInPage{Next: next(r.URL.Query().Get("next"))})
}

// askToSignIn sends a browser to the sign-in page, which leads back.
func (c *Console) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		c.render(w, r, http.StatusUnauthorized, "sign-in", signInPage{Problem: "The session has ended. Sign in, then send the form again."})
		return
	}
	to := baseOf(r) + "sign-in?next=" + url.QueryEscape(strings.TrimPrefix(r.URL.RequestURI(), Prefix))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// next returns the page below the prefix to go to after the sign-in, never another site.
func next(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(to, "/") || strings.Contains(to, "..") || strings.Contains(to, `\`) {
		return ""
	}
	return to
}

// signIn lets in whoever is an operator and sends the right password. All others get
// the same answer, after the same time.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	name, to := r.PostFormValue("name"), next(r.PostFormValue("next"))
	u, right, err := c.verify(r, name, r.PostFormValue("password"))
	switch {
	case core.KindOf(err) == core.Busy:
		c.render(w, r, http.StatusServiceUnavailable, "sign-in", signInPage{Name: name, Next: to, Problem: "The gateway is busy. Try again in a moment."})
	case err != nil:
		c.fail(w, r, err)
	case u == nil:
		c.render(w, r, http.StatusForbidden, "sign-in", signInPage{Name: name, Next: to,
			Problem: "The name or the password is wrong, the user is not an operator, or there were too many attempts."})
	default:
		c.cfg.Log.Info("console", "operation", "sign-in", "operator", u.UID)
		http.SetCookie(w, c.cookie(r, c.sessions.begin(u, right, c.cfg.Directory.Now()), longestTime))
		http.Redirect(w, r, baseOf(r)+to, http.StatusSeeOther)
	}
}

// verify returns the operator of that name and password, with the hash that an outdated
// one was replaced by, and the right; or nil.
func (c *Console) verify(r *http.Request, name, password string) (u *core.User, right int64, err error) {
	err = c.cfg.Directory.View(r.Context(), func(tx *core.Tx) (err error) {
		u, right = nil, 0
		if u, _, err = tx.ByLogin(core.MainRealm, name, false); err != nil {
			u = nil
			if k := core.KindOf(err); k == core.NotFound || k == core.Conflict || k == core.Unauthenticated {
				return nil // an unknown name, or one that means two users
			}
			return err
		}
		right, err = rightOf(tx, u)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	address, _ := netip.ParseAddrPort(r.RemoteAddr)
	var hash string
	attempt := core.Attempt{Realm: core.MainRealm, Name: name, User: u, Address: address.Addr(), Hash: &hash}
	ok, err := c.cfg.Directory.Verify(does(r, "sign-in"), attempt, password)
	if err != nil || !ok || right == 0 {
		return nil, 0, err
	}
	u = u.Clone()
	u.Password = hash
	return u, right, nil
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	c.sessions.end(r)
	http.SetCookie(w, c.cookie(r, "", -time.Second))
	http.Redirect(w, r, baseOf(r)+"sign-in", http.StatusSeeOther)
}
