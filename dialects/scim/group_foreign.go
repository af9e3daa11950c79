package scim

import (
	"errors"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// Groups of other dialects are shown to tokens of [Token.AllGroups], for a move out of
// the gateway. They are never written here: a membership can be a right or a login.

// foreignID is the id of a group of another dialect.
func foreignID(g *core.Group) string { return g.Kind + ":" + g.UID }

// groupKinds are the kinds of group that the token shows, SCIM's own first.
func (c *call) groupKinds() []string {
	kinds := []string{kindGroup}
	if c.token.AllGroups {
		kinds = append(kinds, c.d.dir.GroupKinds()...)
	}
	return kinds
}

// groupByID finds a group that the token shows.
func (c *call) groupByID(tx *core.Tx, id string) (*core.Group, error) {
	g, err := tx.Group(core.GroupRef{Realm: c.realm(), Kind: kindGroup, UID: id})
	kind, uid, ok := strings.Cut(id, ":")
	if !ok || uid == "" || !errors.Is(err, core.ErrNotFound) || !slices.Contains(c.groupKinds()[1:], kind) {
		return g, err
	}
	return tx.Group(core.GroupRef{Realm: c.realm(), Kind: kind, UID: uid})
}

// kindBits is where the place of a kind begins in the number of a group.
const kindBits = 48

// groupNumber orders the groups that the token shows: by kind, then by birth.
func (c *call) groupNumber(g *core.Group) int64 {
	return int64(slices.Index(c.groupKinds(), g.Kind))<<kindBits | g.ID
}

// groupsBehind returns up to limit groups behind that number; 0 means no limit.
func (c *call) groupsBehind(tx *core.Tx, after int64, limit int) (all []*core.Group, err error) {
	kinds := c.groupKinds()
	for i := int(after >> kindBits); i < len(kinds) && (limit == 0 || len(all) < limit); i++ {
		q := core.GroupQuery{Realm: c.realm(), Kind: kinds[i], AfterID: after & (1<<kindBits - 1)}
		if limit > 0 {
			q.Limit = limit - len(all)
		}
		groups, err := tx.Groups(q)
		if err != nil {
			return nil, err
		}
		all, after = append(all, groups...), 0
	}
	return all, nil
}
