package upstream

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

var _ archive.Live = (*Upstream)(nil)

// Hidden implements [archive.Live].
func (u *Upstream) Hidden() []string {
	return []string{
		"passwords: let users log in with --econtext-upstream, or export the hashes at the vendor",
		"secrets of API keys: the same, or make new keys",
		"secrets of applications that sign access tokens: set jwt_secret of each application",
		"when passwords were changed, and when API keys were made",
	}
}

// reading is one run through the API.
type reading struct {
	*Upstream
	ctx   context.Context
	yield func(*archive.Line, error) bool
	// organizations has, by user, the id of the organization, and admins its admins.
	organizations map[string]string
	admins        map[string]bool
}

// errStopped ends a reading whose consumer wants no more.
var errStopped = errors.New("stopped")

// Lines implements [archive.Live].
func (u *Upstream) Lines(ctx context.Context) iter.Seq2[*archive.Line, error] {
	return func(yield func(*archive.Line, error) bool) {
		r := &reading{u, ctx, yield, map[string]string{}, map[string]bool{}}
		for _, step := range []func() error{r.applications, r.groups, r.readOrganizations, r.users} {
			if err := step(); errors.Is(err, errStopped) {
				return
			} else if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// line hands a line on, or the reason why there is none.
func (r *reading) line(l *archive.Line, source wire.Value, err error) error {
	if err != nil {
		l, err = nil, &archive.RowError{Err: err, Source: append(source.JSON(), '\n')}
	}
	if !r.yield(l, err) {
		return errStopped
	}
	return nil
}

func (r *reading) applications() error {
	return r.pages("/api/applications", "applications", nil, func(v wire.Value) error {
		g, err := r.group(econtext.KindApplication, v)
		return r.line(&archive.Line{Group: g}, v, err)
	})
}

func (r *reading) groups() error {
	return r.pages("/api/groups", "groups", nil, func(v wire.Value) error {
		g, err := r.group(econtext.KindGroup, v)
		if err == nil {
			g.ParentUID, err = text(v, "application")
		}
		return r.line(&archive.Line{Group: g}, v, err)
	})
}

// readOrganizations asks for each organization, since only then its members are shown.
func (r *reading) readOrganizations() error {
	return r.pages("/api/organizations", "organizations", nil, func(v wire.Value) error {
		g, err := r.group(econtext.KindOrganization, v)
		if err != nil {
			return r.line(nil, v, err)
		}
		if err := r.members(g.UID); err != nil {
			return err
		}
		return r.line(&archive.Line{Group: g}, v, nil)
	})
}

func (r *reading) members(organization string) error {
	result, err := r.ask(r.ctx, vendor.Request{Path: "/api/organizations/organization/" + url.PathEscape(organization)})
	if err != nil {
		return err
	}
	shown, _ := result.Get("organization")
	for _, id := range ids(shown, "users") {
		r.organizations[id] = organization
	}
	for _, id := range ids(shown, "admins") {
		r.admins[id] = true
	}
	return nil
}

func (r *reading) users() error {
	query := url.Values{"order_by": {"created_at"}}
	return r.pages("/api/users", "users", query, func(v wire.Value) error {
		line, err := r.user(v, r.organizations, r.admins)
		if err := r.line(&archive.Line{User: line}, v, err); err != nil || line == nil {
			return err
		}
		return r.keys(line, v)
	})
}

// keys reads the API keys of a user, from the oldest.
func (r *reading) keys(owner *archive.User, v wire.Value) error {
	list, _ := v.Get("apikeys")
	for i := len(list.Items()) - 1; i >= 0; i-- {
		k, err := r.apiKey(owner.UID, list.Items()[i])
		if k.CreatedAt.IsZero() { // not shown, but the order is that of the creation
			k.CreatedAt = owner.CreatedAt.Add(time.Duration(len(list.Items())-i) * time.Microsecond)
		}
		if err := r.line(&archive.Line{Record: k}, list.Items()[i], err); err != nil {
			return err
		}
	}
	return nil
}

// pages reads a list page by page. A server that knows no pages answers with everything.
// An item that was in an earlier page is left out.
func (r *reading) pages(path, key string, query url.Values, each func(wire.Value) error) error {
	seen := map[string]bool{}
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", strconv.Itoa(r.cfg.Page))
	for offset := 0; ; {
		if offset > 0 {
			query.Set("offset", strconv.Itoa(offset))
		}
		items, err := r.list(r.ctx, path, key, query)
		if err != nil {
			return err
		}
		fresh := 0
		for _, item := range items {
			id := textOf(item, "id")
			if id != "" && seen[id] {
				continue
			}
			seen[id] = true
			fresh++
			if err := each(item); err != nil {
				return err
			}
		}
		if len(items) != r.cfg.Page || fresh == 0 {
			return nil
		}
		offset += len(items)
	}
}

// Complete implements [archive.Live].
func (u *Upstream) Complete(tx *core.Tx, l *archive.Line) error {
	switch {
	case l.Group != nil:
		return u.completeGroup(tx, l.Group)
	case l.User != nil:
		return u.completeUser(tx, l.User)
	case l.Record != nil:
		return u.completeKey(tx, l.Record)
	}
	return nil
}

// Imported implements [archive.Live].
func (u *Upstream) Imported(tx *core.Tx, l *archive.Line) error {
	if l.Record == nil {
		return nil
	}
	return econtext.AttachKey(tx, u.cfg.Realm, l.Record.Key)
}
