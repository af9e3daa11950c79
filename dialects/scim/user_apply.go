package scim

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// applyUser changes u from what is shown of it, old, to want.
func applyUser(c *call, tx *core.Tx, u *core.User, old, want schema.Resource) error {
	edit := userEdit{t: c.types.users, connection: c.token.Name, now: tx.Now(), isFree: func(email string) (bool, error) {
		other, err := tx.UserIncludingDeleted(core.ByEmail(u.Realm, email))
		if errors.Is(err, core.ErrNotFound) {
			return true, nil
		}
		return err == nil && other.ID == u.ID && u.ID != 0, err
	}}
	if err := edit.apply(u, old, want); err != nil {
		return err
	}
	if plain, ok := want[attrPassword]; ok {
		return setPassword(c, tx, u, plain)
	}
	return nil
}

// userEdit changes users, but for their passwords.
type userEdit struct {
	t          *schema.ResourceType
	connection string // whose externalId is set
	now        time.Time
	// isFree reports whether no other user has the address.
	isFree func(email string) (bool, error)
}

// apply changes u from what is shown of it, old, to want. What both have alike is not
// stored: a client sends back what was derived.
func (e userEdit) apply(u *core.User, old, want schema.Resource) error {
	stored, err := facetOf(u)
	if err != nil {
		return err
	}
	f := stored.clone()
	u.Username = want[attrUserName].Text()
	same := sameAttr(old, want)
	if !same(schema.ExternalID) {
		f.setExternalID(e.connection, want[schema.ExternalID].Text())
	}
	if !same(attrName) {
		f.setName(u, want[attrName])
	}
	if !same(attrEmails) {
		if err := f.setEmails(u, want[attrEmails].Items(), e.isFree); err != nil {
			return err
		}
	}
	f.setActive(u, want, e.now)
	f.setOthers(e.t, old, want)
	applyCustom(u, old[urnCustom], want[urnCustom])
	f.store(u, e.t)
	return nil
}

// setPassword stores the hash of a password. A removed one is null: the user cannot
// log in until there is another.
func setPassword(c *call, tx *core.Tx, u *core.User, plain wire.Value) (err error) {
	chosen := core.ChosenPassword{}
	if !plain.IsNull() {
		chosen, err = c.hash(plain.Text())
	}
	u.SetPassword(chosen)
	u.PasswordChangedAt = tx.Now()
	return err
}

// sameAttr reports of an attribute whether both resources have it alike.
func sameAttr(a, b schema.Resource) func(key string) bool {
	return func(key string) bool {
		x, hasX := a[key]
		y, hasY := b[key]
		return hasX == hasY && wire.Equal(x, y)
	}
}

// setOthers stores the attributes that only SCIM knows.
func (f *facet) setOthers(t *schema.ResourceType, old, want schema.Resource) {
	same := sameAttr(old, want)
	keys := []string{urnEnterprise}
	for i := range t.Core.Attributes {
		switch name := t.Core.Attributes[i].Name; name {
		case attrUserName, attrName, attrEmails, attrActive, attrPassword, attrGroups:
		default:
			keys = append(keys, name)
		}
	}
	for _, key := range keys {
		if same(key) {
			continue
		}
		if v, ok := want[key]; ok {
			f.attrs[key] = v
		} else {
			delete(f.attrs, key)
		}
	}
}

// setName stores the parts that the core has there, and the others here.
func (f *facet) setName(u *core.User, name wire.Value) {
	derived := ""
	if u.Name.Formatted == "" && !f.named {
		derived = u.Name.Full()
	}
	u.Name = core.Name{}
	own := wire.Object()
	for _, m := range name.Members() {
		switch m.Name {
		case "formatted":
			if m.Value.Text() != derived {
				u.Name.Formatted = m.Value.Text()
			}
		case "givenName":
			u.Name.Given = m.Value.Text()
		case "familyName":
			u.Name.Family = m.Value.Text()
		default:
			own.Set(m.Name, m.Value)
		}
		if m.Value.Text() == "" {
			own.Set(m.Name, m.Value) // the core does not tell "" from nothing
		}
	}
	f.named = name.Len() > 0
	delete(f.attrs, attrName)
	if own.Len() > 0 {
		f.attrs[attrName] = own
	}
}

// setActive sets the administrator's switch. Enabling a user whose time has passed
// ends that limit. A removed attribute changes nothing but what is shown.
func (f *facet) setActive(u *core.User, want schema.Resource, now time.Time) {
	v, ok := want[attrActive]
	f.activeRemoved = !ok
	active, _ := v.Bool()
	if !ok || active == u.Active(now) {
		return
	}
	u.Enabled = active
	if active && !u.Active(now) {
		u.EnabledUntil = time.Time{}
	}
}

// setEmails stores the list, and gives the core the first address by rank, unless
// another user has it.
func (f *facet) setEmails(u *core.User, items []wire.Value, isFree func(string) (bool, error)) error {
	f.attrs[attrEmails] = wire.Array(items...)
	if len(items) == 0 {
		delete(f.attrs, attrEmails)
	}
	u.Email, f.email = "", ""
	email := mainEmail(items)
	if email == "" {
		return nil
	}
	free, err := isFree(email)
	if free {
		u.Email, f.email = email, email
	}
	return err
}

// mainEmail is the primary address, else the first for work, else the first.
func mainEmail(items []wire.Value) string {
	i := slices.IndexFunc(items, isPrimary)
	if i < 0 {
		i = slices.IndexFunc(items, func(item wire.Value) bool {
			kind, _ := item.Get("type")
			return core.Fold(kind.Text()) == "work"
		})
	}
	if len(items) == 0 {
		return ""
	}
	return schema.ValueOf(items[max(i, 0)])
}

// applyCustom changes the customer's attributes that are shown by name, in whatever
// case of letters the client writes it. A value that did not change keeps its text.
func applyCustom(u *core.User, old, want wire.Value) {
	sent := map[string]wire.Value{}
	for _, m := range want.Members() {
		sent[strings.ToLower(m.Name)] = m.Value
	}
	kept, at := u.Attributes[:0:0], map[string]int{}
	for _, a := range u.Attributes {
		if before, shown := old.Get(a.Name); shown && a.Name != attrOther {
			folded := strings.ToLower(a.Name)
			now, ok := sent[folded]
			if delete(sent, folded); !ok {
				continue
			}
			if !wire.Equal(before, now) {
				a.Value = string(now.JSON())
			}
		}
		at[a.Name] = len(kept)
		kept = append(kept, a)
	}
	for _, m := range want.Members() {
		folded := strings.ToLower(m.Name)
		v, ok := sent[folded]
		if delete(sent, folded); !ok || folded == attrOther {
			continue
		}
		i, there := at[m.Name]
		if !there {
			i = len(kept)
			kept = append(kept, core.Attribute{Name: m.Name})
		}
		kept[i].Value = string(v.JSON())
	}
	u.Attributes = kept
}

// differs reports whether anything that is stored changed.
func differs(a, b *core.User) bool {
	return a.Username != b.Username || a.Email != b.Email || a.Name != b.Name || a.Password != b.Password ||
		a.Enabled != b.Enabled || !a.EnabledUntil.Equal(b.EnabledUntil) || !slices.Equal(a.Attributes, b.Attributes) ||
		string(a.Facets.Get(Name).Text()) != string(b.Facets.Get(Name).Text())
}
