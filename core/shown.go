package core

import "slices"

// AttributeType is the type of a declared attribute.
type AttributeType uint8

// The types.
const (
	TextAttribute AttributeType = iota
	IntegerAttribute
	DecimalAttribute
	BooleanAttribute
	TimeAttribute // a text that is a date and a time
)

// Declaration is an attribute of users that a client declared through a dialect.
type Declaration struct {
	Name string
	Type AttributeType
}

// AttributeDeclarer is an [AuthoritySource] whose clients declare attributes of users, so
// that another dialect can say which there are.
type AttributeDeclarer interface {
	// DeclaredAttributes lists those of a realm; none in one that the dialect does not
	// serve. An attribute of a type that [AttributeType] does not have is left out.
	DeclaredAttributes(tx *Tx, realm Realm) ([]Declaration, error)
}

// GroupOwner is an [AuthoritySource] with groups that another dialect may show to
// whoever the operator lets see them.
type GroupOwner interface {
	// GroupKinds are the kinds of those groups.
	GroupKinds() []string
}

// DeclaredAttributes lists the attributes that the dialects' clients declared for users
// of the realm. Of two of one name the first counts, in the order in which the dialects
// were registered.
func (tx *Tx) DeclaredAttributes(realm Realm) (all []Declaration, err error) {
	for _, source := range tx.dir.authority {
		d, ok := source.(AttributeDeclarer)
		if !ok {
			continue
		}
		declared, err := d.DeclaredAttributes(tx, realm)
		if err != nil {
			return nil, err
		}
		for _, a := range declared {
			if !slices.ContainsFunc(all, func(o Declaration) bool { return o.Name == a.Name }) {
				all = append(all, a)
			}
		}
	}
	return all, nil
}

// GroupKinds lists the kinds of group of the dialects that own some, each once.
func (d *Directory) GroupKinds() (kinds []string) {
	for _, source := range d.authority {
		if o, ok := source.(GroupOwner); ok {
			kinds = append(kinds, o.GroupKinds()...)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
