package onapp

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// userGroupInput is what a request sets of a user group.
type userGroupInput struct {
	label      wire.Field[string]
	closed     wire.Field[bool]
	roles      []int64
	hasRoles   bool
	buckets    []int64
	hasBuckets bool
	oneBucket  bool // given as bucket_id
}

func decodeUserGroup(v wire.Value) userGroupInput {
	in := userGroupInput{label: textField(v, "label"), closed: boolField(v, "closed")}
	in.roles, in.hasRoles = idList(v, "role_ids")
	for _, name := range []string{"user_bucket_ids", "billing_plan_ids", "bucket_id", "billing_plan_id"} {
		if !in.hasBuckets {
			in.buckets, in.hasBuckets = idList(v, name)
			in.oneBucket = strings.HasSuffix(name, "_id")
		}
	}
	// Text that is not a number is id 0.
	in.buckets = slices.DeleteFunc(in.buckets, func(id int64) bool { return id == 0 })
	return in
}

// apply checks the input and changes the group.
func (in *userGroupInput) apply(tx *core.Tx, g *core.Group, body userGroupBody) error {
	if in.label.Present() || g.ID == 0 {
		label := strings.TrimSpace(in.label.Or(""))
		var faults faultList
		if label == "" {
			faults.add(fieldLabel, core.NotBlank, 0)
		}
		faults.length(fieldLabel, in.label, maxText)
		if len(faults) > 0 {
			return core.NewInvalid(faults...)
		}
		g.Name = label
	}
	body.Version = 1
	body.Closed = in.closed.Or(body.Closed)
	// A client that sends back what it loaded sends the first of several buckets as bucket_id.
	if in.hasBuckets && !(in.oneBucket && first(in.buckets) == first(body.BucketIDs)) {
		body.BucketIDs = in.buckets
	}
	if in.hasRoles {
		body.RoleIDs = in.roles
		if err := checkRoles(tx, g.Realm, in.roles); err != nil {
			return err
		}
	}
	g.Body = encodeBody(body)
	return nil
}

func createUserGroup(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreateGroups)); err != nil {
		return reply{}, err
	}
	in := decodeUserGroup(c.resource(nounUserGroup.one))
	var v *groupView
	err := c.update(func(tx *core.Tx) error {
		g := &core.Group{Realm: c.d.cfg.Realm, Kind: kindUserGroup}
		body := userGroupBody{Identifier: tx.Directory().NewKey(identifierAlphabet, identifierLength)}
		err := in.apply(tx, g, body)
		if err == nil {
			err = tx.SaveGroup(g)
		}
		if err == nil {
			v, err = c.loadGroupView(tx, g)
		}
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return showCreated(nounUserGroup, "/user_groups", v.group.ID, v, writeGroupView), nil
}

func updateUserGroup(c *call) (reply, error) {
	in := decodeUserGroup(c.resource(nounUserGroup.one))
	err := c.update(func(tx *core.Tx) error {
		g, err := c.targetGroup(tx, kindUserGroup, mayUpdateGroups)
		if err != nil {
			return err
		}
		body, err := decodeBody[userGroupBody](g.Body)
		if err != nil {
			return err
		}
		if err := in.apply(tx, g, *body); err != nil {
			return err
		}
		return tx.SaveGroup(g)
	})
	return c.d.done(), err
}

// deleteUserGroup also ends the memberships, so that user_group_id of its users becomes null.
func deleteUserGroup(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, err := c.targetGroup(tx, kindUserGroup, mayDeleteGroups)
		if err != nil {
			return err
		}
		return tx.RemoveGroup(g)
	})
	return c.d.done(), err
}
