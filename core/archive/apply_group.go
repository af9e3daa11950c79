package archive

import (
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
)

func (r *run) group(g *core.Group) (Verdict, error) {
	if g.Kind == "" {
		return "", Refusal("a group has a kind")
	}
	old, err := r.findGroup(g)
	if core.KindOf(err) == core.NotFound {
		return Added, r.tx.ImportGroup(g)
	}
	if err != nil {
		return "", err
	}
	if g.ID != 0 && old.ID != g.ID {
		return "", Refusal(fmt.Sprintf("the group exists with the number %d", old.ID))
	}
	g.ID, g.UID = old.ID, orText(g.UID, old.UID)
	keepTimes(&g.CreatedAt, &g.UpdatedAt, old.CreatedAt, old.UpdatedAt)
	if sameGroup(g, old) {
		return Unchanged, nil
	}
	return r.conflict("group", func() error { return r.tx.SaveGroup(g) })
}

// findGroup finds the stored group by UID, or else by key.
func (r *run) findGroup(g *core.Group) (*core.Group, error) {
	ref := core.GroupRef{Realm: g.Realm, Kind: g.Kind}
	switch {
	case g.UID != "":
		ref.UID = g.UID
	case g.Key != "":
		ref.Key = g.Key
	default:
		ref.ID = g.ID
	}
	return r.tx.Group(ref)
}

func sameGroup(a, b *core.Group) bool {
	return a.UID == b.UID && a.Key == b.Key && a.Parent == b.Parent && a.Name == b.Name && sameText(a.Body, b.Body)
}
