package econtext

import (
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// newUser is a request to create a user, in the documented profile.
type newUser struct {
	k        *call
	in       wire.Value
	password string // trimmed

	email, username, id, status string
	name                        wire.Field[string]
	applications, groups        []*core.Group
	organization                *core.Group

	// What only the profile v2 knows.
	admin                bool
	newOrganization      string // the name of one to be made; "" for none
	createdAt, changedAt time.Time
}

// newUser reads the body and asks for what must be there.
func (k *call) newUser() (*newUser, error) {
	in, err := k.object()
	if err != nil {
		return nil, err
	}
	if k.d.v2 {
		return &newUser{k: k, in: in}, nil
	}
	for _, name := range []string{"email", "password", "applications"} {
		if !in.Has(name) {
			return nil, missing(name)
		}
	}
	return &newUser{k: k, in: in}, nil
}

// steps judge the request, each a part of it, in the vendor's order. Source:
// vendor reference, users create.
func (n *newUser) steps() []func(*core.Tx) error {
	if n.k.d.v2 {
		return n.stepsV2()
	}
	return []func(*core.Tx) error{
		n.checkEmail, n.checkPassword, n.checkLists, n.checkRest, n.checkID, n.checkUsername,
	}
}

// check lets the first failure answer.
func (n *newUser) check(tx *core.Tx) error {
	for _, step := range n.steps() {
		if err := step(tx); err != nil {
			return err
		}
	}
	return nil
}

func (n *newUser) checkEmail(tx *core.Tx) (err error) {
	if n.email, err = address(member(n.in, "email")); err != nil {
		return err
	}
	return n.k.d.freeAddress(tx, n.email, nil)
}

func (n *newUser) checkPassword(*core.Tx) (err error) {
	n.password, err = newPassword(member(n.in, "password"))
	return err
}

func (n *newUser) checkLists(tx *core.Tx) (err error) {
	if n.applications, err = n.k.d.wantedApplications(tx, member(n.in, "applications")); err != nil {
		return err
	}
	n.groups, err = n.k.d.wantedGroups(tx, member(n.in, "groups"))
	return err
}

// checkRest looks at what has no place of its own in the vendor's order.
func (n *newUser) checkRest(tx *core.Tx) (err error) {
	if n.name, err = optionalText(member(n.in, "name")); err != nil {
		return err
	}
	n.status = statusUnverified
	if v, ok := n.in.Get("status"); ok {
		if n.status, err = status(v, statusEnabled, statusUnverified, statusDisabled); err != nil {
			return err
		}
	}
	n.admin, _ = member(n.in, "org_admin").Bool()
	n.organization, err = n.k.d.wantedOrganization(tx, member(n.in, "organization"))
	return err
}

func (n *newUser) checkID(tx *core.Tx) (err error) {
	if n.id, err = givenID(n.in, "id"); err != nil {
		return err
	}
	return n.k.d.freeID(tx, n.id)
}

// checkUsername takes the address as it was sent where no name is given.
func (n *newUser) checkUsername(tx *core.Tx) error {
	name, err := textMember(n.in, "username")
	if err != nil {
		return err
	}
	if n.username = name.Or(""); n.username == "" {
		n.username = member(n.in, "email").Text()
	}
	return n.k.d.freeUsername(tx, n.username)
}

// store keeps the user with what it belongs to, or nothing.
func (n *newUser) store(tx *core.Tx, hash string) (*person, error) {
	if err := n.check(tx); err != nil {
		return nil, err
	}
	u := n.user(tx, hash)
	if err := tx.AddUser(u); err != nil {
		return nil, err
	}
	if err := n.makeOrganization(tx); err != nil {
		return nil, err
	}
	groups := append(n.applications, n.groups...)
	if n.organization != nil {
		groups = append(groups, n.organization)
	}
	if err := joinAll(tx, u, groups); err != nil {
		return nil, err
	}
	return n.k.d.reload(tx, u)
}

func (n *newUser) user(tx *core.Tx, hash string) *core.User {
	u := &core.User{
		Realm: n.k.d.realm, UID: n.id, Username: n.username, Email: n.email, Password: hash,
		CreatedAt: n.createdAt, UpdatedAt: n.changedAt,
	}
	custom, _ := n.k.customDataIn(n.in)
	u.Attributes = attributesOf(custom)
	f := face{value: wire.Object(), admin: n.admin}
	f.setStatus(u, n.status, tx.Now())
	f.setName(u, n.name)
	f.store(u)
	return u
}

// wantedOrganization finds the organization that a new user joins; nil without one.
func (d *Dialect) wantedOrganization(tx *core.Tx, v wire.Value) (*core.Group, error) {
	if falsy(v) {
		return nil, nil
	}
	all, err := d.wanted(tx, kindOrganization, idList(wire.Array(v)), func(id string) error {
		return crash("Organization not found: " + id)
	})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}
