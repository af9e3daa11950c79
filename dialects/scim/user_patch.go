package scim

import (
	"fmt"
	"net/http"

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
	if err := checkLists(changes); err != nil {
		return nil, err
	}
	return changeUser(c, p, func(old schema.Resource) (schema.Resource, error) {
		edit := schema.NewEditor(old)
		for _, change := range changes {
			if err := edit.Apply(change); err != nil {
				return nil, err
			}
			if a := change.Target.Attr; a != nil && a.Name == attrPassword && change.Removes() {
				edit.Set(attrPassword, wire.Value{}) // what is shown never has one
			}
		}
		want := edit.Resource()
		return want, c.checkUser(want)
	})
}

// maxListChanges bounds the changes of lists in one PATCH of a user. Each examines all
// values of its list inside the update.
const maxListChanges = 1000

// checkLists fails if there are too many changes of lists.
func checkLists(changes []schema.Change) error {
	n := 0
	for _, change := range changes {
		if change.ManyValued() {
			n++
		}
	}
	if n > maxListChanges {
		return &failure{status: http.StatusRequestEntityTooLarge, detail: fmt.Sprintf("A request changes lists of a user at most %d times.", maxListChanges)}
	}
	return nil
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
