package upstream

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// needNumber returns a member that must be a number above 0.
func needNumber(v wire.Value, name string) (int64, error) {
	m, _ := v.Get(name)
	if n, ok := m.Int(); ok && n > 0 {
		return n, nil
	}
	return 0, fmt.Errorf("%s is not a number above 0", name)
}

// needText returns a member that must be a string with something in it.
func needText(v wire.Value, name string) (string, error) {
	m, _ := v.Get(name)
	if s, ok := m.Str(); ok && s != "" {
		return s, nil
	}
	return "", fmt.Errorf("%s is not a text", name)
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

// uid is the same for the same object of the vendor each time, as its number is not in a
// store that has others.
func (u *Upstream) uid(sort string, id int64) string {
	sum := sha256.Sum256([]byte("syncano/" + u.cfg.Instance + "/" + sort + "/" + decimal(id)))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // a UUID of version 8
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// origin names a user of the vendor. Each instance has numbers of its own.
func (u *Upstream) origin(id int64) core.Origin {
	return core.Origin{Vendor: syncano.Name, ID: u.cfg.Instance + "/" + decimal(id)}
}

// instanceLines are the account that owns the instance, with its key if it is the caller,
// and the instance. What is shown of that is its document until it is completed.
func (u *Upstream) instanceLines(v, caller wire.Value) ([]*archive.Line, error) {
	owner, _ := v.Get("owner")
	id, err1 := needNumber(owner, "id")
	_, err2 := needText(owner, "email")
	created, err3 := syncano.ShownTime(v, "created_at")
	updated, err4 := syncano.ShownTime(v, "updated_at")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	key := ""
	if own, err := needNumber(caller, "id"); err == nil && own == id {
		key = u.cfg.AccountKey
	}
	account, err1 := archive.UserLine(syncano.ShownAccount(owner, key))
	instance, err2 := archive.RecordLine(&core.Record{
		Realm: syncano.AccountsRealm, Kind: syncano.KindInstance, Key: u.cfg.Instance, CreatedAt: created, UpdatedAt: updated,
	})
	instance.Record.Document = archive.Document{Text: string(v.JSON())}
	return []*archive.Line{account, instance}, errors.Join(err1, err2)
}

func (u *Upstream) groupLine(v wire.Value) (*archive.Line, error) {
	id, err := needNumber(v, "id")
	if err != nil {
		return nil, err
	}
	g := syncano.ShownGroup(v)
	g.Realm, g.UID = u.cfg.Realm, u.uid("group", id)
	return archive.GroupLine(g)
}

// textLine is the line of a record whose document can be completed.
func textLine(r *core.Record) *archive.Line {
	return &archive.Line{Record: &archive.Record{
		Realm: r.Realm, Kind: r.Kind, ID: r.ID, Key: r.Key, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		Document: archive.Document{Text: string(r.Body.Text())},
	}}
}

// record returns a record with the times that are shown of it.
func (u *Upstream) record(kind string, v wire.Value, body *core.Document) (*core.Record, error) {
	created, err1 := syncano.ShownTime(v, "created_at")
	updated, err2 := syncano.ShownTime(v, "updated_at")
	return &core.Record{Realm: u.cfg.Realm, Kind: kind, CreatedAt: created, UpdatedAt: updated, Body: body}, errors.Join(err1, err2)
}

func (u *Upstream) classLine(v wire.Value) (*archive.Line, schema.Fields, error) {
	name, err1 := needText(v, "name")
	body, shown, err2 := syncano.ShownClass(v)
	r, err3 := u.record(schema.ClassKind, v, body)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, nil, err
	}
	r.Key = strings.ToLower(name)
	return textLine(r), shown.Schema, nil
}

func (u *Upstream) objectLine(c class, v, list wire.Value) (*archive.Line, error) {
	id, err1 := needNumber(v, "id")
	body, err2 := syncano.ShownObject(v, list, c.fields, noFile)
	r, err3 := u.record(schema.ObjectKind(c.name), v, body)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	r.ID = id
	return textLine(r), nil
}

// noFile leaves out values that are files.
func noFile(string) string { return "" }

func (u *Upstream) keyLine(v wire.Value) (*archive.Line, error) {
	id, err1 := needNumber(v, "id")
	key, body, err2 := syncano.ShownKey(v)
	r, err3 := u.record(syncano.KindAPIKey, v, body)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	r.ID, r.Key = id, key
	return textLine(r), nil
}

// userLines are a user, the record that reserves the number of the profile, and the
// memberships.
func (u *Upstream) userLines(v, list wire.Value, fields schema.Fields, files func(link string) string) ([]*archive.Line, error) {
	id, err1 := needNumber(v, "id")
	name, err2 := needText(v, "username")
	profile, _ := v.Get("profile")
	number, facet, err3 := syncano.ShownProfile(profile, list)
	values, err4 := fields.Shown(profile, files)
	_, err5 := needNumber(profile, "id")
	created, err6 := syncano.ShownTime(profile, "created_at")
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return nil, err
	}
	origin := archive.Origin(u.origin(id))
	user := &archive.User{
		Realm: u.cfg.Realm, ID: id, Username: name, CreatedAt: created, Origin: &origin,
		Facets: []archive.Facet{{Dialect: syncano.Name, Document: archive.Document{Text: string(facet)}}},
	}
	user.SetAttributes(values)
	if key, err := needText(v, "user_key"); err == nil {
		user.Handles = []archive.Handle{{Kind: syncano.HandleUserKey, Value: strings.ToLower(key)}}
	}
	reserved := &archive.Record{Realm: u.cfg.Realm, Kind: schema.ProfileKind, ID: number, Owner: id, CreatedAt: created, UpdatedAt: created}
	lines := []*archive.Line{{User: user}, {Record: reserved}}
	groups, _ := v.Get("groups")
	for _, g := range groups.Items() {
		group, err := needNumber(g, "id")
		if err != nil {
			return nil, err
		}
		lines = append(lines, &archive.Line{Membership: &archive.Membership{
			Realm: u.cfg.Realm, Kind: syncano.KindGroup, User: id, GroupUID: u.uid("group", group),
		}})
	}
	return lines, nil
}
