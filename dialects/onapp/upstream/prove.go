package upstream

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
)

// Prove asks the panel for the profile of the credential's owner, with that credential, and
// returns the lines of the user; nil if the panel refuses it.
func (u *Upstream) Prove(ctx context.Context, c core.Credential) ([]*archive.Line, error) {
	r := requestOf("/profile")
	r.Header, r.Statuses = basic(c.Login, c.Secret), []int{http.StatusUnauthorized, http.StatusForbidden}
	a, err := u.client.Do(ctx, r)
	if err != nil || a.Status != http.StatusOK {
		return nil, err
	}
	body, err := u.client.JSON(r, a)
	if err != nil {
		return nil, err
	}
	v, _ := body.Get("user")
	lines, p, err := u.panelLines(ctx)
	if err != nil {
		return nil, err
	}
	user, err := u.userLines(v, p)
	if err != nil {
		return nil, u.client.Nonsense(r, "user", err.Error())
	}
	records, err := u.recordLines(ctx, v)
	return append(append(lines[:len(lines):len(lines)], user...), records...), err
}

// Find reports whether the panel has a user of the login or address.
func (u *Upstream) Find(ctx context.Context, name string) (bool, error) {
	found, err := u.list(ctx, "/users", "user", url.Values{"q": {name}, "page": {"1"}, "per_page": {strconv.Itoa(u.cfg.Page)}})
	if err != nil {
		return false, err
	}
	for _, item := range found {
		for _, member := range []string{"login", "email"} {
			if have, _ := item.Get(member); core.Fold(have.Text()) == core.Fold(name) {
				return true, nil
			}
		}
	}
	if len(found) >= u.cfg.Page {
		return false, errManyNames
	}
	return false, nil
}

// errManyNames says that the users who are found fill a page.
var errManyNames = errors.New("too many users have the name that is looked for in theirs")

// Keep stores an API key that the panel has proven.
func (u *Upstream) Keep(tx *core.Tx, owner *core.User, c core.Credential, _ string) error {
	return onapp.KeepKey(tx, owner, c.Secret)
}

// panelAge is how long what users refer to is not read again.
const panelAge = 5 * time.Minute

// panelCache holds what users refer to.
type panelCache struct {
	mu    sync.Mutex
	at    time.Time
	lines []*archive.Line
	panel *panel
}

// panelLines returns what users refer to, read at most panelAge ago.
func (u *Upstream) panelLines(ctx context.Context) ([]*archive.Line, *panel, error) {
	u.cache.mu.Lock()
	defer u.cache.mu.Unlock()
	if u.cache.panel != nil && time.Since(u.cache.at) < panelAge {
		return u.cache.lines, u.cache.panel, nil
	}
	var lines []*archive.Line
	keep := func(l *archive.Line, err error) bool {
		if err == nil {
			lines = append(lines, l)
		}
		return true
	}
	r := &reading{Upstream: u, ctx: ctx, yield: keep, panel: &panel{groups: map[groupID]bool{}}}
	for _, step := range []func() error{r.roles, r.buckets, r.userGroups, r.fields} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	u.cache.at, u.cache.lines, u.cache.panel = time.Now(), lines, r.panel
	return lines, r.panel, nil
}
