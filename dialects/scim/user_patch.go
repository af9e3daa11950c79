package scim

import (
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// patchUser is PATCH: all of its operations or none.
func patchUser(c *call) (*reply, error) {
	p, err := c.projection(c.types.users)
	if err != nil {
		return nil, err
	}
	changes, err := readChanges(c, c.types.users)
	if err != nil {
		return nil, err
	}
	return changeUser(c, p, func(old schema.Resource) (schema.Resource, error) {
		want := old.Clone()
		for _, change := range changes {
			if err := change.Apply(want); err != nil {
				return nil, err
			}
			if a := change.Target.Attr; a != nil && a.Name == attrPassword && change.Removes() {
				want[attrPassword] = wire.Value{} // what is shown never has one
			}
		}
		return want, c.checkUser(want)
	})
}

// readChanges reads the operations of a PATCH.
func readChanges(c *call, t *schema.ResourceType) (changes []schema.Change, err error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	ops, err := schema.ReadOperations(body)
	if err != nil {
		return nil, err
	}
	for _, op := range ops {
		more, err := t.Changes(op)
		if err != nil {
			return nil, err
		}
		changes = append(changes, more...)
	}
	return changes, nil
}
