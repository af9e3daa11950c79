package onapp

import (
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// roleIn is what a request says about a role. Identifier and system are read-only; template is ignored.
type roleIn struct {
	label          wire.Field[string]
	permissions    []int64
	hasPermissions bool
}

func readRoleIn(v wire.Value) roleIn {
	in := roleIn{label: textField(v, "label")}
	in.permissions, in.hasPermissions = idList(v, "permission_ids")
	return in
}

// checkLabel finds what is wrong with a label: blank, too long, or somebody else's.
func (c *call) checkLabel(tx *core.Tx, kind, label string, self int64) ([]core.Fault, error) {
	if key := labelKey(label); key == "" {
		return []core.Fault{{Field: fieldLabel, Rule: core.NotBlank}}, nil
	}
	var faults faultList
	faults.length(fieldLabel, wire.Some(label), maxText)
	g, err := tx.Group(core.GroupRef{Realm: c.realm(), Kind: kind, Key: labelKey(label)})
	switch {
	case err == nil && g.ID != self:
		faults.add(fieldLabel, core.Taken, 0)
	case err != nil && !errors.Is(err, core.ErrNotFound):
		return nil, err
	}
	return faults, nil
}

// checkPermissions fails with NotFound for an id that no permission has.
func checkPermissions(ids []int64) error {
	for _, id := range ids {
		if _, ok := permissionByID(id); !ok {
			return &core.Error{Kind: core.NotFound, Subject: "permission"}
		}
	}
	return nil
}

func createRole(c *call) (reply, error) {
	if err := forbidden(!c.all(mayCreateRoles)); err != nil {
		return reply{}, err
	}
	in := readRoleIn(c.resource("role"))
	if err := checkPermissions(in.permissions); err != nil {
		return reply{}, err
	}
	return c.addRole(func(*core.Tx) (roleIn, error) { return in, nil })
}

// addRole stores a new role of what prepare says, inside the transaction.
func (c *call) addRole(prepare func(*core.Tx) (roleIn, error)) (reply, error) {
	var r countedRole
	err := c.update(func(tx *core.Tx) error {
		in, err := prepare(tx)
		if err != nil {
			return err
		}
		label := strings.TrimSpace(in.label.Or(""))
		faults, err := c.checkLabel(tx, kindRole, label, 0)
		if err := errors.Join(err, core.NewInvalid(faults...)); err != nil {
			return err
		}
		identifier := tx.Directory().NewKey(identifierAlphabet, identifierLength)
		g := &core.Group{Realm: c.realm(), Kind: kindRole, Key: labelKey(label), Name: label}
		g.Body = encodeRole(identifier, false, in.permissions)
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		r, err = c.counted(tx, g)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return created(nounRole, "/roles", r.id, r, func(e stream, r countedRole) { r.write(e) }), nil
}

func updateRole(c *call) (reply, error) {
	in := readRoleIn(c.resource("role"))
	err := c.update(func(tx *core.Tx) error {
		g, err := c.roleGroup(tx, c.id("id"))
		if err != nil {
			return err
		}
		if err := forbidden(!c.all(mayUpdateRoles)); err != nil {
			return err
		}
		if err := checkPermissions(in.permissions); err != nil {
			return err
		}
		return c.saveRole(tx, &in, g)
	})
	return c.d.done(), err
}

// saveRole changes a role. One that every panel has keeps its label.
func (c *call) saveRole(tx *core.Tx, in *roleIn, g *core.Group) error {
	old, err := c.d.roleOf(g)
	if err != nil {
		return err
	}
	if label, ok := in.label.Get(); in.label.Present() && (!ok || label != g.Name) {
		if err := c.rename(tx, g, old.system, label); err != nil {
			return err
		}
	}
	ids := in.permissions
	if !in.hasPermissions {
		ids = old.permissionIDs()
	}
	g.Body = encodeRole(old.identifier, old.system, ids)
	return tx.SaveGroup(g)
}

func (c *call) rename(tx *core.Tx, g *core.Group, system bool, label string) error {
	if system {
		return core.NewInvalid(core.Fault{Field: fieldLabel, Rule: core.ReadOnly})
	}
	label = strings.TrimSpace(label)
	faults, err := c.checkLabel(tx, g.Kind, label, g.ID)
	if err := errors.Join(err, core.NewInvalid(faults...)); err != nil {
		return err
	}
	g.Name, g.Key = label, labelKey(label)
	return nil
}

func (r *role) permissionIDs() []int64 {
	if r.identifier == roleAdmin {
		return nil // it holds everything without being given anything
	}
	ids := make([]int64, len(r.permissions))
	for i, p := range r.permissions {
		ids[i] = p.id
	}
	return ids
}

// cloneRole copies a role under a label of its own, the request's or one made of the old.
func cloneRole(c *call) (reply, error) {
	if err := forbidden(!c.all(mayCreateRoles)); err != nil {
		return reply{}, err
	}
	return c.addRole(func(tx *core.Tx) (roleIn, error) {
		g, err := c.roleGroup(tx, c.id("id"))
		if err != nil {
			return roleIn{}, err
		}
		old, err := c.d.roleOf(g)
		if err != nil {
			return roleIn{}, err
		}
		label, err := c.freeLabel(tx, kindRole, "Clone of "+g.Name)
		in := roleIn{label: wire.Some(label)}
		for _, p := range old.permissions {
			in.permissions = append(in.permissions, p.id)
		}
		return in, err
	})
}

func deleteRole(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, err := c.roleGroup(tx, c.id("id"))
		if err != nil {
			return err
		}
		if err := forbidden(!c.all(mayDeleteRoles)); err != nil {
			return err
		}
		r, err := c.d.roleOf(g)
		if err != nil {
			return err
		}
		if r.system {
			return core.NewInvalid(core.Fault{Field: fieldBase, Value: baseSystemRole})
		}
		users, err := tx.Memberships(core.MembershipQuery{Realm: c.realm(), Kind: kindRole, Group: g.ID, Limit: 1})
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return core.NewInvalid(core.Fault{Field: fieldBase, Value: baseRoleInUse})
		}
		return tx.RemoveGroup(g)
	})
	return c.d.done(), err
}
