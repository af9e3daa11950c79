package econtext

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// thingRules are what applications, groups and organizations differ in when
// they are written.
type thingRules struct {
	kind string
	// name reads the required name.
	name func(wire.Value) (string, error)
	// changes reads what goes into the document.
	changes func(*call, wire.Value) ([]wire.Member, error)
	// key makes the key that keeps names apart; parent is 0 but for groups.
	key func(parent int64, name string) string
	// unused tells why a DISABLED one cannot be deleted; nil if it can.
	unused func(*call, *core.Tx, *thing) error
}

func plainKey(_ int64, name string) string { return name }

// createThing stores a new thing. Its parent, if it has one, is found in the same transaction.
func (k *call) createThing(r thingRules, in wire.Value, parent func(*core.Tx) (*core.Group, error)) (made *thing, err error) {
	g := core.Group{Realm: k.d.realm, Kind: r.kind}
	if g.Name, err = r.name(in); err != nil {
		return nil, err
	}
	members, err := r.changes(k, in)
	if err != nil {
		return nil, err
	}
	if g.UID, err = givenID(in, "id"); err != nil {
		return nil, err
	}
	err = k.update(func(tx *core.Tx) error {
		made, err = addBelow(tx, r, g, members, parent)
		return err
	})
	return made, err
}

func addBelow(tx *core.Tx, r thingRules, g core.Group, members []wire.Member, parent func(*core.Tx) (*core.Group, error)) (*thing, error) {
	above, err := parent(tx)
	if err != nil {
		return nil, err
	}
	g.Parent = above.ID
	g.Key = r.key(g.Parent, g.Name)
	made, err := add(tx, &g, members)
	if err == nil {
		made.app = above.UID
	}
	return made, err
}

// noParent is the parent of what has none.
func noParent(*core.Tx) (*core.Group, error) { return &core.Group{}, nil }

// showThing finds the thing that the path names.
func (k *call) showThing(kind string) (found *thing, err error) {
	err = k.view(func(tx *core.Tx) error {
		found, err = k.pathThing(tx, kind)
		return err
	})
	return found, err
}

// updateThing changes what the request speaks of; a null body changes nothing.
func (k *call) updateThing(r thingRules) (changed *thing, err error) {
	in, err := k.change()
	if err != nil {
		return nil, err
	}
	err = k.update(func(tx *core.Tx) error {
		if changed, err = k.pathThing(tx, r.kind); err != nil || in.IsNull() {
			return err
		}
		if in.Has("name") {
			if changed.Name, err = r.name(in); err != nil {
				return err
			}
			changed.Key = r.key(changed.Parent, changed.Name)
		}
		members, err := r.changes(k, in)
		if err != nil {
			return err
		}
		return save(tx, changed, members)
	})
	return changed, err
}

// deleteThing needs the status DISABLED first, and then asks the rules.
func (k *call) deleteThing(r thingRules) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		found, err := k.pathThing(tx, r.kind)
		if err != nil {
			return err
		}
		if found.doc.status != statusDisabled {
			return conflict(nounOf(r.kind).word + " must be disabled before deletion is possible")
		}
		if err := r.unused(k, tx, found); err != nil {
			return err
		}
		return tx.RemoveGroup(found.Group)
	})
	return replyFunc(deleted), err
}
