package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// thingOf decodes what is stored of an application, a group or an organization.
func thingOf(g *core.Group) (*thing, error) {
	all, err := thingsOf([]*core.Group{g})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// pathThing is pathGroup with its document.
func (k *call) pathThing(tx *core.Tx, kind string) (*thing, error) {
	g, err := k.pathGroup(tx, kind)
	if err != nil {
		return nil, err
	}
	t, err := thingOf(g)
	if err == nil && kind == kindGroup {
		err = k.nameApplication(tx, t)
	}
	return t, err
}

// nameApplication fills in the id of a group's application.
func (k *call) nameApplication(tx *core.Tx, t *thing) error {
	app, err := tx.Group(core.GroupRef{Realm: k.d.realm, Kind: kindApplication, ID: t.Parent})
	if err == nil {
		t.app = app.UID
	}
	return err
}

// thingChanges reads the members that applications, groups and organizations
// have in common, each only if the request speaks of it.
func (k *call) thingChanges(in wire.Value) (changes []wire.Member, err error) {
	description, err := textMember(in, memberDescription)
	if err != nil {
		return nil, err
	}
	if description.Present() {
		changes = append(changes, wire.Member{Name: memberDescription, Value: orNull(description)})
	}
	word, err := statusMember(in)
	if err != nil {
		return nil, err
	}
	if word != "" {
		changes = append(changes, wire.Member{Name: memberStatus, Value: wire.String(word)})
	}
	if custom, ok := k.customDataIn(in); ok {
		changes = append(changes, wire.Member{Name: memberCustomData, Value: custom})
	}
	return changes, nil
}

// customDataIn is the custom_data that a request asks for; ok is false if it
// does not speak of any.
func (k *call) customDataIn(in wire.Value) (custom wire.Value, ok bool) {
	if k.d.v2 {
		return customDataV2(in)
	}
	v, ok := in.Get(memberCustomData)
	return customData(v), ok
}

// keyTaken tells whether another group of the kind has the key.
func keyTaken(tx *core.Tx, g *core.Group) (bool, error) {
	other, err := tx.Group(core.GroupRef{Realm: g.Realm, Kind: g.Kind, Key: g.Key})
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil && other.ID != g.ID, err
}

// add stores a new thing, whose name and id must be nobody's.
func add(tx *core.Tx, g *core.Group, members []wire.Member) (*thing, error) {
	g.Body = emptyDocument.with(members...)
	if err := checkNew(tx, g); err != nil {
		return nil, err
	}
	if err := tx.SaveGroup(g); err != nil {
		return nil, err
	}
	return thingOf(g)
}

func checkNew(tx *core.Tx, g *core.Group) error {
	used, err := keyTaken(tx, g)
	if err != nil {
		return err
	}
	if used {
		return taken(g.Kind, core.FieldKey)
	}
	if g.UID == "" {
		return nil
	}
	_, err = tx.Group(core.GroupRef{Realm: g.Realm, Kind: g.Kind, UID: g.UID})
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return taken(g.Kind, core.FieldUID)
}

// save stores a changed thing; its new name, if it has one, must be nobody else's.
func save(tx *core.Tx, t *thing, members []wire.Member) error {
	used, err := keyTaken(tx, t.Group)
	if err != nil {
		return err
	}
	if used {
		return taken(t.Kind, core.FieldKey)
	}
	t.Body = t.doc.with(members...)
	if err := tx.SaveGroup(t.Group); err != nil {
		return err
	}
	t.doc, err = documentOf(t.Body)
	return err
}

// withoutUsers refuses the deletion of what living users belong to.
func withoutUsers(tx *core.Tx, t *thing, word string) error {
	some, err := tx.Users(core.UserQuery{Realm: t.Realm, Member: t.ID, MemberKind: t.Kind, Limit: 1})
	if err == nil && len(some) > 0 {
		return conflict("Users must be deleted or updated before " + word + " deletion is possible")
	}
	return err
}
