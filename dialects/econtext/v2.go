package econtext

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// listLimitV2 is the limit of lists of applications and groups.
const listLimitV2 = 25

// customDataV2 reads custom_data, or "data", the same facts as a list of pairs,
// which wins. Nothing and an empty one change nothing.
func customDataV2(in wire.Value) (custom wire.Value, ok bool) {
	if data, has := in.Get("data"); has {
		custom = wire.Object()
		for _, pair := range data.Items() {
			custom.Set(member(pair, "key").Text(), member(pair, "value"))
		}
	} else {
		custom = member(in, memberCustomData)
	}
	custom = customData(custom)
	return custom, !custom.IsNull()
}

func (k *call) parameterChanges(in wire.Value, members []wire.Member) ([]wire.Member, error) {
	return members, nil
}

func wantUnusedV2(tx *core.Tx, t *thing) error {
	used, err := hasMembers(tx, t.Group)
	if err == nil && used {
		return conflict("Users must be deleted or updated before group deletion is possible")
	}
	return err
}
