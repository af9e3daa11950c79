package upstream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
)

func number(v wire.Value, name string) (int64, bool) {
	m, _ := v.Get(name)
	return m.Int()
}

// needNumber returns a member that must be a number above 0.
func needNumber(v wire.Value, name string) (int64, error) {
	if n, ok := number(v, name); ok && n > 0 {
		return n, nil
	}
	return 0, fmt.Errorf("%s is not a number above 0", name)
}

// text returns a member that must be a string or null; "" is null.
func text(v wire.Value, name string) (string, error) {
	m, _ := v.Get(name)
	if s, ok := m.Str(); ok || m.IsNull() {
		return s, nil
	}
	return "", fmt.Errorf("%s is neither a text nor null", name)
}

// newGroup reads a role, a bucket or a user group.
func (u *Upstream) newGroup(kind string, v wire.Value, body *core.Document) (*archive.Group, error) {
	id, err1 := needNumber(v, "id")
	label, err2 := text(v, "label")
	created, err3 := onapp.ShownTime(v, "created_at")
	updated, err4 := onapp.ShownTime(v, "updated_at")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	g := &core.Group{Realm: u.cfg.Realm, Kind: kind, ID: id, Name: label, CreatedAt: created, UpdatedAt: updated, Body: body}
	if kind == onapp.KindRole {
		g.Key = onapp.RoleKey(label)
	}
	l, err := archive.GroupLine(g)
	return l.Group, err
}

// userLines reads a user and the memberships.
func (u *Upstream) userLines(v wire.Value, p *panel) ([]*archive.Line, error) {
	l, err := u.user(v, p)
	if err != nil {
		return nil, err
	}
	lines := []*archive.Line{l}
	roles, _ := v.Get("roles")
	for _, item := range roles.Items() {
		role, _ := item.Get("role")
		if id, ok := number(role, "id"); ok {
			lines = append(lines, u.member(onapp.KindRole, l.User.ID, id))
		}
	}
	for kind, id := range map[string]int64{onapp.KindBucket: onapp.ShownBucketID(v), onapp.KindUserGroup: groupOf(v)} {
		if p.groups[groupID{kind, id}] {
			lines = append(lines, u.member(kind, l.User.ID, id))
		}
	}
	return lines, nil
}

func groupOf(v wire.Value) int64 {
	id, _ := number(v, "user_group_id")
	return id
}

func (u *Upstream) member(kind string, user, group int64) *archive.Line {
	return &archive.Line{Membership: &archive.Membership{Realm: u.cfg.Realm, Kind: kind, User: user, Group: group}}
}

func (u *Upstream) user(v wire.Value, p *panel) (*archive.Line, error) {
	id, err1 := needNumber(v, "id")
	login, err2 := text(v, "login")
	email, err3 := text(v, "email")
	given, err4 := text(v, "first_name")
	family, err5 := text(v, "last_name")
	status, err6 := text(v, "status")
	attributes, err7 := onapp.ShownAttributes(v, p.fields)
	t, err8 := times(v)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil {
		return nil, err
	}
	missing := groupOf(v)
	if p.groups[groupID{onapp.KindUserGroup, missing}] {
		missing = 0
	}
	user := &core.User{
		Realm: u.cfg.Realm, ID: id, Username: login, Email: email, Name: core.Name{Given: given, Family: family},
		Enabled: status != "suspended", EnabledUntil: t["suspend_at"],
		CreatedAt: t["created_at"], UpdatedAt: t["updated_at"], PasswordChangedAt: t["password_changed_at"], DeletedAt: t["deleted_at"],
		Attributes: attributes, Facets: core.Facets{{Dialect: onapp.Name, Doc: onapp.ShownFacet(v, missing)}},
	}
	l, err := archive.UserLine(user)
	if err != nil {
		return nil, err
	}
	// A document that can be completed is text.
	l.User.Facets[0].Document = archive.Document{Text: string(user.Facets[0].Doc.Text())}
	l.User.Origin = &archive.Origin{Vendor: onapp.Name, ID: strconv.FormatInt(id, 10)}
	return l, nil
}

func times(v wire.Value) (map[string]time.Time, error) {
	all, faults := map[string]time.Time{}, []error(nil)
	for _, name := range []string{"created_at", "updated_at", "password_changed_at", "deleted_at", "suspend_at"} {
		t, err := onapp.ShownTime(v, name)
		all[name] = t
		faults = append(faults, err)
	}
	return all, errors.Join(faults...)
}

// recordLines asks for what belongs to one user.
func (u *Upstream) recordLines(ctx context.Context, v wire.Value) (lines []*archive.Line, err error) {
	id, err := needNumber(v, "id")
	if err != nil {
		return nil, err
	}
	for _, sort := range []struct{ path, one, kind string }{
		{"/user_white_lists", "user_white_list", onapp.KindWhiteList}, {"/yubi_keys", "yubi_key", onapp.KindYubiKey},
		{"/ssh_keys", "ssh_key", onapp.KindSSHKey}, {"/payments", "payment", onapp.KindPayment},
	} {
		items, err := u.list(ctx, userPath(id)+sort.path, sort.one, nil)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			l, err := u.record(sort.kind, id, item)
			if err != nil {
				return nil, u.client.Nonsense(requestOf(userPath(id)+sort.path), sort.one, err.Error())
			}
			lines = append(lines, l)
		}
	}
	limit, err := u.object(ctx, userPath(id)+"/resource_limit", "resource_limit")
	if err != nil {
		return nil, err
	}
	if doc := onapp.ShownLimits(limit); doc != nil {
		l, err := u.record(onapp.KindResourceLimit, id, limit)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// record reads a record of a user. Resource limits have the number of their user.
func (u *Upstream) record(kind string, owner int64, v wire.Value) (*archive.Line, error) {
	id, err1 := needNumber(v, "id")
	created, err2 := onapp.ShownTime(v, "created_at")
	updated, err3 := onapp.ShownTime(v, "updated_at")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	r := &core.Record{Realm: u.cfg.Realm, Kind: kind, ID: id, Owner: owner, CreatedAt: created, UpdatedAt: updated}
	if kind == onapp.KindResourceLimit {
		r.ID, r.Key, r.Body = 0, strconv.FormatInt(owner, 10), onapp.ShownLimits(v)
	} else {
		r.Body = onapp.ShownRecord(kind, v)
	}
	return archive.RecordLine(r)
}
