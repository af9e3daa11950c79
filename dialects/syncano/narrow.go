package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// narrowing is what a query lets an index do: no row outside of it can match.
// Every condition is still asked, so that one which narrows too little is no harm.
type narrowing struct {
	ids, owners []int64 // nil: not narrowed
	prefix      string  // of the folded username
}

// add takes what one condition narrows by.
func (n *narrowing) add(f queryField, lookup string, v wire.Value) {
	if f.schema != nil {
		return
	}
	switch f.name {
	case "id":
		if ids := idsWanted(lookup, v); ids != nil {
			n.ids = ids
		}
	case "owner":
		if ids := idsWanted(lookup, v); ids != nil {
			n.owners = ids
		}
	case "username":
		switch lookup {
		case "_eq", "_ieq", "_startswith", "_istartswith":
			n.prefix = core.Fold(v.Text())
		}
	}
}

// idsWanted returns the ids that the condition allows; nil if it names none.
func idsWanted(lookup string, v wire.Value) []int64 {
	wanted := v.Items()
	switch lookup {
	case "_eq":
		wanted = []wire.Value{v}
	case "_in":
	default:
		return nil
	}
	ids := make([]int64, 0, len(wanted))
	for _, one := range wanted {
		id, _ := schema.ReadPK(one)
		ids = append(ids, id)
	}
	return schema.SortedIDs(ids)
}
