package upstream

import (
	"errors"
	"fmt"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// textOf returns a member that is a string, and else "".
func textOf(v wire.Value, name string) string {
	m, _ := v.Get(name)
	s, _ := m.Str()
	return s
}

// text returns a member that must be a string with something in it.
func text(v wire.Value, name string) (string, error) {
	if s := textOf(v, name); s != "" {
		return s, nil
	}
	return "", fmt.Errorf("%s is not a text", name)
}

// orNull returns a member that must be a string or null; "" is null.
func orNull(v wire.Value, name string) (string, error) {
	m, _ := v.Get(name)
	if s, ok := m.Str(); ok || m.IsNull() {
		return s, nil
	}
	return "", fmt.Errorf("%s is neither a text nor null", name)
}

// moment returns a time; zero for one that is not known or not shown.
func moment(v wire.Value, name string) (time.Time, error) {
	s, err := orNull(v, name)
	if err != nil || s == "" {
		return time.Time{}, err
	}
	for _, layout := range []string{"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is not a time", name)
}

// group reads an application, a group or an organization. What is only shown of it is
// the body; it becomes the document when the line is completed.
func (u *Upstream) group(kind string, v wire.Value) (*archive.Group, error) {
	id, err1 := text(v, "id")
	name, err2 := text(v, "name")
	created, err3 := moment(v, "created_at")
	updated, err4 := moment(v, "modified_at")
	return &archive.Group{
		Realm: u.cfg.Realm, Kind: kind, UID: id, Name: name, CreatedAt: created, UpdatedAt: updated,
		Document: archive.Document{Text: string(v.JSON())},
	}, errors.Join(err1, err2, err3, err4)
}

func (u *Upstream) completeGroup(tx *core.Tx, l *archive.Group) error {
	g := &core.Group{Realm: l.Realm, Kind: l.Kind, UID: l.UID, Name: l.Name}
	if err := econtext.CompleteGroup(tx, g, l.ParentUID); err != nil {
		return err
	}
	stored, err := tx.Group(core.GroupRef{Realm: l.Realm, Kind: l.Kind, UID: l.UID})
	if core.KindOf(err) == core.NotFound {
		stored, err = new(core.Group), nil
	}
	if err != nil {
		return err
	}
	l.Key, l.Parent = g.Key, g.Parent
	return complete(&l.Document, stored.Body, econtext.ShownDocument)
}

// complete turns what is shown of an object into its document.
func complete(d *archive.Document, stored *core.Document, document func(wire.Value, *core.Document) (*core.Document, error)) error {
	shown, err := vendor.ParseJSON([]byte(d.Text))
	if err != nil {
		return err
	}
	body, err := document(shown, stored)
	if err == nil {
		d.Text = string(body.Text())
	}
	return err
}

// user reads a user. The facet holds what is shown of them until the line is completed.
func (u *Upstream) user(v wire.Value, organizations map[string]string, admins map[string]bool) (*archive.User, error) {
	id, err1 := text(v, "id")
	username, err2 := text(v, "username")
	email, err3 := orNull(v, "email")
	name, err4 := orNull(v, "name")
	created, err5 := moment(v, "created_at")
	updated, err6 := moment(v, "modified_at")
	changed, err7 := moment(v, "password_modified_at")
	status, err8 := text(v, "status")
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil {
		return nil, err
	}
	enabled := status != "DISABLED"
	l := &archive.User{
		Realm: u.cfg.Realm, UID: id, Username: username, Email: email, Name: name, Enabled: &enabled,
		CreatedAt: created, UpdatedAt: updated, PasswordChangedAt: changed,
		Groups: map[string][]string{}, Origin: &archive.Origin{Vendor: econtext.Name, ID: id},
	}
	l.SetAttributes(econtext.ShownAttributes(v))
	facet := string(econtext.ShownFacet(v, admins[id]))
	l.Facets = []archive.Facet{{Dialect: econtext.Name, Document: archive.Document{Text: facet}}}
	l.Groups[econtext.KindApplication] = ids(v, "applications")
	l.Groups[econtext.KindGroup] = ids(v, "groups")
	if o := organizations[id]; o != "" {
		l.Groups[econtext.KindOrganization] = []string{o}
	}
	return l, nil
}

// ids returns the ids of the objects in a list.
func ids(v wire.Value, name string) (all []string) {
	list, _ := v.Get(name)
	for _, item := range list.Items() {
		if id := textOf(item, "id"); id != "" {
			all = append(all, id)
		}
	}
	return all
}

// completeUser keeps the API keys that the stored user has.
func (u *Upstream) completeUser(tx *core.Tx, l *archive.User) error {
	stored, err := tx.UserIncludingDeleted(core.ByUID(l.Realm, l.UID))
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return complete(&l.Facets[0].Document, stored.Facets.Get(econtext.Name), econtext.KeepKeys)
}

func (u *Upstream) apiKey(owner string, v wire.Value) (*archive.Record, error) {
	id, err1 := text(v, "id")
	created, err2 := moment(v, "created_at")
	updated, err3 := moment(v, "modified_at")
	return &archive.Record{
		Realm: u.cfg.Realm, Kind: econtext.KindAPIKey, Key: id, OwnerUID: owner, CreatedAt: created, UpdatedAt: updated,
		Document: archive.Document{Text: string(v.JSON())},
	}, errors.Join(err1, err2, err3)
}

func (u *Upstream) completeKey(tx *core.Tx, l *archive.Record) error {
	owner, err := tx.UserIncludingDeleted(core.ByUID(l.Realm, l.OwnerUID))
	if core.KindOf(err) == core.NotFound {
		if _, known, _ := tx.ByOrigin(l.Realm, core.Origin{Vendor: econtext.Name, ID: l.OwnerUID}); known {
			return archive.ErrSkip
		}
	}
	if err != nil {
		return err
	}
	stored, err := tx.Record(core.RecordRef{Realm: l.Realm, Kind: l.Kind, Key: l.Key})
	switch {
	case core.KindOf(err) == core.NotFound:
		stored = new(core.Record)
	case err != nil:
		return err
	case stored.Owner != owner.ID:
		return archive.Refusal("the API key belongs to another user")
	}
	l.Owner = owner.ID
	return complete(&l.Document, stored.Body, econtext.ShownKeyDocument)
}
