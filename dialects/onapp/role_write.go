package onapp

import (
	"errors"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// roleInput is what a request sets of a role. Identifier and system are read-only; template is
// ignored.
type roleInput struct {
	label          wire.Field[string]
	permissions    []int64
	hasPermissions bool
}

// decodeRole casts the attributes of a role. It fails with NotFound for an id without a permission.
func decodeRole(v wire.Value) (roleInput, error) {
	in := roleInput{label: textField(v, "label")}
	in.permissions, in.hasPermissions = idList(v, "permission_ids")
	for _, id := range in.permissions {
		if _, ok := permissionByID(id); !ok {
			return in, &core.Error{Kind: core.NotFound, Subject: "permission"}
		}
	}
	return in, nil
}

// setLabel gives a role a label: not blank, not too long, and not that of another role.
func setLabel(tx *core.Tx, g *core.Group, label string) error {
	label = strings.TrimSpace(label)
	var faults faultList
	if label == "" {
		faults.add(fieldLabel, core.NotBlank, 0)
		return core.NewInvalid(faults...)
	}
	faults.length(fieldLabel, wire.Some(label), maxText)
	other, err := tx.Group(core.GroupRef{Realm: g.Realm, Kind: g.Kind, Key: labelKey(label)})
	switch {
	case err == nil && other.ID != g.ID:
		faults.add(fieldLabel, core.Taken, 0)
	case err != nil && !errors.Is(err, core.ErrNotFound):
		return err
	}
	g.Name, g.Key = label, labelKey(label)
	return core.NewInvalid(faults...)
}

func createRole(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreateRoles)); err != nil {
		return reply{}, err
	}
	in, err := decodeRole(c.resource(nounRole.one))
	if err != nil {
		return reply{}, err
	}
	return c.addRole(func(*core.Tx) (string, []int64, error) { return in.label.Or(""), in.permissions, nil })
}

// cloneRole copies a role under a free label.
func cloneRole(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreateRoles)); err != nil {
		return reply{}, err
	}
	return c.addRole(func(tx *core.Tx) (label string, permissionIDs []int64, err error) {
		g, err := tx.Group(core.GroupRef{Realm: c.d.cfg.Realm, Kind: kindRole, ID: c.id("id")})
		if err != nil {
			return "", nil, err
		}
		old, err := roleOf(g)
		if err != nil {
			return "", nil, err
		}
		for _, p := range old.permissions {
			permissionIDs = append(permissionIDs, p.id)
		}
		label, err = freeLabel(tx, kindRole, g.Realm, "Clone of "+g.Name)
		return label, permissionIDs, err
	})
}

// addRole stores a new role with the label and the permissions that prepare returns inside the
// transaction.
func (c *call) addRole(prepare func(*core.Tx) (label string, permissionIDs []int64, err error)) (reply, error) {
	var v roleView
	err := c.update(func(tx *core.Tx) error {
		label, permissionIDs, err := prepare(tx)
		if err != nil {
			return err
		}
		g := &core.Group{Realm: c.d.cfg.Realm, Kind: kindRole}
		if err := setLabel(tx, g, label); err != nil {
			return err
		}
		g.Body = encodeRole(tx.Directory().NewKey(identifierAlphabet, identifierLength), false, permissionIDs)
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		v, err = c.loadRoleView(tx, g)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return showCreated(nounRole, "/roles", v.group.ID, v, writeRoleView), nil
}

// updateRole changes a role. A built-in one keeps its label.
func updateRole(c *call) (reply, error) {
	in, decodeErr := decodeRole(c.resource(nounRole.one))
	err := c.update(func(tx *core.Tx) error {
		g, err := c.targetGroup(tx, kindRole, mayUpdateRoles)
		if err != nil {
			return err
		}
		if decodeErr != nil {
			return decodeErr
		}
		old, err := roleOf(g)
		if err != nil {
			return err
		}
		if label, ok := in.label.Get(); in.label.Present() && (!ok || label != g.Name) {
			if old.System {
				return core.NewInvalid(core.Fault{Field: fieldLabel, Rule: core.ReadOnly})
			}
			if err := setLabel(tx, g, label); err != nil {
				return err
			}
		}
		ids := old.PermissionIDs
		if in.hasPermissions {
			ids = in.permissions
		}
		g.Body = encodeRole(old.Identifier, old.System, ids)
		return tx.SaveGroup(g)
	})
	return c.d.done(), err
}

func deleteRole(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, err := c.targetGroup(tx, kindRole, mayDeleteRoles)
		if err != nil {
			return err
		}
		r, err := roleOf(g)
		if err != nil {
			return err
		}
		if r.System {
			return core.NewInvalid(baseFault(messageSystemRole))
		}
		return removeUnused(tx, g, messageRoleInUse)
	})
	return c.d.done(), err
}

// removeUnused removes a group without members, and refuses any other with the message.
func removeUnused(tx *core.Tx, g *core.Group, message string) error {
	rows, err := tx.Memberships(core.MembershipQuery{Realm: g.Realm, Kind: g.Kind, Group: g.ID, Limit: 1})
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		return core.NewInvalid(baseFault(message))
	}
	return tx.RemoveGroup(g)
}

// maxClones is how many copies of one object get a free label.
const maxClones = 1000

// freeLabel returns the label, with a number after it if a group of that kind has it already.
func freeLabel(tx *core.Tx, kind string, realm core.Realm, label string) (string, error) {
	try := label
	for n := 2; n < maxClones; n++ {
		_, err := tx.Group(core.GroupRef{Realm: realm, Kind: kind, Key: labelKey(try)})
		if errors.Is(err, core.ErrNotFound) {
			return try, nil
		}
		if err != nil {
			return "", err
		}
		try = label + " " + strconv.Itoa(n)
	}
	return try, nil
}
