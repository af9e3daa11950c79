package econtext

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// The functions of this file turn what another server of this API shows into what this
// dialect stores.

// The kinds of groups and records, for what reads another server.
const (
	KindApplication  = kindApplication
	KindGroup        = kindGroup
	KindOrganization = kindOrganization
	KindAPIKey       = kindAPIKey
)

// ShownDocument returns the document of an application, a group, an organization or an
// API key, as another server shows it. Of the stored one it keeps what is not shown,
// such as secrets; nil is none.
func ShownDocument(shown wire.Value, stored *core.Document) (*core.Document, error) {
	doc, err := documentOf(stored)
	if err != nil {
		return nil, err
	}
	var members []wire.Member
	for _, name := range []string{memberDescription, memberStatus, memberCustomData, memberParameters, memberJWTSecret} {
		if v, ok := shown.Get(name); ok {
			if name == memberCustomData && len(v.Members()) == 0 {
				v = wire.Value{}
			}
			members = append(members, wire.Member{Name: name, Value: v})
		}
	}
	return doc.with(members...), nil
}

// ShownKeyDocument is ShownDocument for an API key, which has its name in the document.
func ShownKeyDocument(shown wire.Value, stored *core.Document) (*core.Document, error) {
	body, err := ShownDocument(shown, stored)
	if err != nil {
		return nil, err
	}
	doc, err := documentOf(body)
	return doc.with(wire.Member{Name: memberName, Value: member(shown, memberName)}), err
}

// ShownFacet returns the facet of a user as another server shows them.
func ShownFacet(shown wire.Value, admin bool) []byte {
	name, isText := member(shown, memberName).Str()
	f := facet{
		unverified: member(shown, facetStatus).Text() == statusUnverified,
		admin:      admin,
		blankName:  isText && name == "",
	}
	return f.text()
}

func (f *facet) text() []byte {
	var u core.User
	f.store(&u)
	return u.Facets.Get(Name).Text()
}

// KeepKeys returns the facet of [ShownFacet] with the API keys of the stored one.
func KeepKeys(shown wire.Value, stored *core.Document) (*core.Document, error) {
	kept, err := core.Decoded(stored, decodeFacet)
	if err != nil {
		return nil, err
	}
	f, err := decodeFacet(shown.JSON())
	if err != nil {
		return nil, err
	}
	return core.NewDocument(f.withKeys(kept.keys).text()), nil
}

// ShownAttributes returns the custom data of a user: "data" where it is shown, since the
// later generation adds to custom_data.
func ShownAttributes(shown wire.Value) core.Attributes {
	data, ok := shown.Get("data")
	if !ok {
		return attributesOf(member(shown, memberCustomData))
	}
	custom := wire.Object()
	for _, pair := range data.Items() {
		custom.Set(stringOf(pair, "key"), member(pair, "value"))
	}
	return attributesOf(custom)
}

// CompleteGroup sets the parent of a group by the id of its application, and what keeps
// its name apart from others.
func CompleteGroup(tx *core.Tx, g *core.Group, application string) error {
	if g.Kind == kindGroup {
		app, err := tx.Group(core.GroupRef{Realm: g.Realm, Kind: kindApplication, UID: application})
		if err != nil {
			return err
		}
		g.Parent = app.ID
	}
	g.Key = keyOf(g)
	return nil
}

// AttachKey notes a stored API key with its owner.
func AttachKey(tx *core.Tx, realm core.Realm, id string) error {
	r, err := tx.Record(core.RecordRef{Realm: realm, Kind: kindAPIKey, Key: id})
	if err != nil {
		return err
	}
	owner, err := tx.UserIncludingDeleted(core.ByID(realm, r.Owner))
	if err != nil {
		return err
	}
	f, err := facetOf(owner)
	if err != nil || slices.Contains(f.keys, r.ID) {
		return err
	}
	f.withKey(r.ID).store(owner)
	return tx.SaveUserKeepingUpdatedAt(owner)
}

// SetSecret gives a stored API key of the owner a hash of its secret, which another server has
// verified. A key that has one keeps it.
func SetSecret(tx *core.Tx, owner *core.User, id, hash string) error {
	r, err := tx.Record(core.RecordRef{Realm: owner.Realm, Kind: kindAPIKey, Key: id})
	if err != nil {
		return err
	}
	doc, err := documentOf(r.Body)
	switch {
	case err != nil:
		return err
	case r.Owner != owner.ID:
		return &core.Error{Kind: core.NotFound, Subject: kindAPIKey}
	case doc.secret != "":
		return nil
	}
	r.Body = doc.with(wire.Member{Name: memberSecret, Value: wire.String(hash)})
	return tx.SaveRecordKeepingUpdatedAt(r)
}
