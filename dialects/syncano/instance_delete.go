package syncano

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// adminKind is the kind of record, in an instance's realm, that says which
// accounts have a role there. Its Key is that of the role's own record, which
// belongs to the account; see roleKind.
const adminKind = "syncano.admin"

// deleteInstance makes the instance unknown and its keys worthless at once, then
// removes what was in it, in steps that each hold the store only for a moment. A
// shared realm keeps its people, and while another instance speaks for it,
// everything. The removal of a realm goes on when the client does not wait for it.
func deleteInstance(c *call) (reply, error) {
	var last bool
	err := c.update(func(tx *core.Tx) error {
		in, err := findInstance(tx, c.instance.row.Key)
		if err != nil {
			return err
		}
		if last, err = forget(tx, in); err != nil || !last {
			return err
		}
		if in.Shared {
			return removeProfileClass(tx, in.Realm)
		}
		return core.BeginRemoval(tx, in.Realm)
	})
	if err != nil || !last {
		return noContent(err)
	}
	c.d.files.RemoveRealm(c.instance.Realm)
	if c.instance.Shared {
		return noContent(c.d.removeDialectData(c))
	}
	return noContent(core.FinishRemoval(context.WithoutCancel(c.req.Context()), c.d.dir, c.instance.Realm))
}

// forget removes the instance from the accounts' realm with its keys and roles,
// and returns whether it was the last to speak for its realm.
func forget(tx *core.Tx, in *instance) (last bool, err error) {
	keys, err := keysOf(tx, in)
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		if err := removeKeyIndex(tx, key.Key); err != nil {
			return false, err
		}
		if err := tx.RemoveRecord(key); err != nil {
			return false, err
		}
	}
	if err := removeRoles(tx, in); err != nil {
		return false, err
	}
	if last, err = leaveRealm(tx, in.Realm, in.row.ID); err != nil {
		return false, err
	}
	return last, tx.RemoveRecord(in.row)
}

func removeRoles(tx *core.Tx, in *instance) error {
	admins, err := tx.Records(core.RecordQuery{Realm: in.Realm, Kind: adminKind})
	if err != nil {
		return err
	}
	for _, admin := range admins {
		if err := removeRole(tx, in, admin); err != nil {
			return err
		}
	}
	return nil
}

func removeRole(tx *core.Tx, in *instance, admin *core.Record) error {
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: roleKind, Key: admin.Key})
	if errors.Is(err, core.ErrNotFound) {
		return tx.RemoveRecord(admin)
	}
	if err != nil {
		return err
	}
	body, err := core.Decoded(row.Body, decodeJSON[roleBody])
	if err != nil || body.Instance != in.row.ID {
		return err
	}
	if err := tx.RemoveRecord(row); err != nil {
		return err
	}
	return tx.RemoveRecord(admin)
}

// removeProfileClass ends the profiles of all users of the realm at once; see facet.
func removeProfileClass(tx *core.Tx, realm core.Realm) error {
	c, err := schema.FindClass(tx, realm, schema.ProfileClass)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.RemoveRecord(c.Row)
}

// removeDialectData removes from a shared realm what belongs to this dialect, in
// steps that each hold the store only for a moment. The users stay, with their
// user keys and attributes.
func (d *Dialect) removeDialectData(c *call) error {
	realm := c.instance.Realm
	kinds, err := d.recordKinds(c)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		if err := d.removeKind(c, realm, kind); err != nil {
			return err
		}
	}
	return d.removeGroups(c, realm)
}

// recordKinds lists the kinds of this dialect's records in the realm, the classes
// last, so that an interrupted removal can be continued.
func (d *Dialect) recordKinds(k *call) (kinds []string, err error) {
	err = d.dir.View(k.req.Context(), func(tx *core.Tx) error {
		kinds = []string{upload.Kind, schema.ProfileKind, schema.ClaimKind(schema.ProfileClass)}
		classes, err := tx.Records(core.RecordQuery{Realm: k.instance.Realm, Kind: schema.ClassKind})
		for _, c := range classes {
			if c.Key != schema.ProfileClass {
				kinds = append(kinds, schema.ObjectKind(c.Key), schema.ClaimKind(c.Key))
			}
		}
		return err
	})
	return append(kinds, schema.ClassKind, endpointACLKind), err
}

func (d *Dialect) removeKind(c *call, realm core.Realm, kind string) error {
	return d.inSteps(c, func(tx *core.Tx) (more bool, err error) {
		rows, err := tx.Records(core.RecordQuery{Realm: realm, Kind: kind, Limit: query.ChunkSize})
		if err != nil {
			return false, err
		}
		for _, row := range rows {
			if err := tx.RemoveRecord(row); err != nil {
				return false, err
			}
		}
		return len(rows) == query.ChunkSize, nil
	})
}

func (d *Dialect) removeGroups(c *call, realm core.Realm) error {
	return d.inSteps(c, func(tx *core.Tx) (more bool, err error) {
		groups, err := tx.Groups(core.GroupQuery{Realm: realm, Kind: groupKind, Limit: query.ChunkSize})
		if err != nil {
			return false, err
		}
		for _, g := range groups {
			if err := tx.RemoveGroup(g); err != nil {
				return false, err
			}
		}
		return len(groups) == query.ChunkSize, nil
	})
}

// inSteps repeats step, each time in a transaction of its own, while it says
// that there is more.
func (d *Dialect) inSteps(c *call, step func(*core.Tx) (more bool, err error)) error {
	for more := true; more; {
		err := proceed(c, func(tx *core.Tx) (err error) {
			more, err = step(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
