package econtext

import (
	"errors"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// stepsV2 judge a request to create a user in the profile v2, where nearly every
// refusal is an error of the vendor's server.
func (n *newUser) stepsV2() []func(*core.Tx) error {
	return []func(*core.Tx) error{
		n.checkNamesV2, n.checkPasswordV2, n.checkListsV2, n.checkRestV2, n.checkTimesV2, n.checkID, n.checkOrganizationV2,
	}
}

// checkNamesV2 wants an address or a user name, and the person's name.
func (n *newUser) checkNamesV2(tx *core.Tx) (err error) {
	email, username := stringOf(n.in, "email"), stringOf(n.in, "username")
	n.email = strings.TrimSpace(email)
	if n.username = username; username == "" {
		n.username = n.email
	}
	if n.username == "" {
		return crash("A valid email address is required to create a new user")
	}
	if n.name, err = optionalText(member(n.in, "name")); err != nil {
		return err
	}
	if n.name.Or("") == "" {
		return missing("name")
	}
	if err := n.k.d.freeAddressV2(tx, n.email, nil); err != nil {
		return err
	}
	return n.k.d.freeUsernameV2(tx, n.username, nil)
}

func (n *newUser) checkPasswordV2(*core.Tx) (err error) {
	n.password, err = passwordV2(member(n.in, "password"))
	return err
}

// checkListsV2 needs no applications, and fails on ids that nothing has.
func (n *newUser) checkListsV2(tx *core.Tx) (err error) {
	n.applications, err = n.k.d.wanted(tx, kindApplication, idList(member(n.in, "applications")), func(id string) error {
		return crash("Application " + id + " not found")
	})
	if err != nil {
		return err
	}
	n.groups, err = n.k.d.wanted(tx, kindGroup, idList(member(n.in, "groups")), func(id string) error {
		return crash("Group " + id + " not found")
	})
	return err
}

func (n *newUser) checkRestV2(*core.Tx) (err error) {
	n.status = statusEnabled
	if v, ok := n.in.Get("status"); ok {
		n.status, err = statusV2(v)
	}
	n.admin, _ = member(n.in, "org_admin").Bool()
	return err
}

func (n *newUser) checkTimesV2(*core.Tx) (err error) {
	if n.createdAt, err = momentV2(member(n.in, "created_at")); err != nil {
		return err
	}
	n.changedAt, err = momentV2(member(n.in, "modified_at"))
	return err
}

// momentV2 reads ISO text or seconds since 1970; null is the zero time.
func momentV2(v wire.Value) (time.Time, error) {
	if v.IsNull() {
		return time.Time{}, nil
	}
	if seconds, ok := v.Float(); ok && seconds >= 0 && seconds < maxEpoch {
		return time.UnixMicro(int64(seconds * 1e6)).UTC(), nil
	}
	for _, layout := range isoLayouts {
		if t, err := time.Parse(layout, v.Text()); err == nil {
			return t.UTC().Truncate(time.Microsecond), nil
		}
	}
	return time.Time{}, crash("Invalid isoformat string: '" + shownAs(v) + "'")
}

// maxEpoch is the year 9999, beyond which the vendor's server knows no time.
const maxEpoch = 253402300800

var isoLayouts = []string{
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02",
}

// checkOrganizationV2 finds the organization by id, else by the company's name,
// else has one made, of which the new user is the admin.
func (n *newUser) checkOrganizationV2(tx *core.Tx) (err error) {
	n.organization, err = n.k.d.wantedOrganization(tx, member(n.in, "organization"))
	if err != nil || n.organization != nil {
		return err
	}
	company := stringOf(member(n.in, memberCustomData), "company_name")
	name := or(company, n.name.Or(""))
	g, err := tx.Group(core.GroupRef{Realm: n.k.d.realm, Kind: kindOrganization, Key: name})
	switch {
	case errors.Is(err, core.ErrNotFound):
		n.newOrganization, n.admin = name, true
		return nil
	case err != nil:
		return err
	case company == "":
		return taken(kindOrganization, core.FieldKey)
	}
	n.organization = g
	return nil
}

// makeOrganization stores the organization that the new user brings with it.
func (n *newUser) makeOrganization(tx *core.Tx) error {
	if n.newOrganization == "" {
		return nil
	}
	made, err := add(tx, &core.Group{
		Realm: n.k.d.realm, Kind: kindOrganization, Key: n.newOrganization, Name: n.newOrganization,
	}, nil)
	if err == nil {
		n.organization = made.Group
	}
	return err
}

// freeAddressV2 looks at the form of an address in the later server's simple way.
func (d *Dialect) freeAddressV2(tx *core.Tx, email string, self *core.User) error {
	if email == "" {
		return nil
	}
	other, err := tx.User(core.ByEmail(d.realm, email))
	switch {
	case err == nil && (self == nil || other.ID != self.ID):
		return crash("A User with that email address already exists")
	case err != nil && !errors.Is(err, core.ErrNotFound):
		return err
	case !looksLikeAddress(email):
		return crash("A valid email address is required to create a new user")
	}
	return nil
}

// looksLikeAddress takes what looks like x@y.z.
func looksLikeAddress(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	dot := strings.LastIndexByte(domain, '.')
	return found && local != "" && dot > 0 && dot < len(domain)-1 && !strings.ContainsAny(s, " \t\r\n") && !strings.Contains(domain, "@")
}

func (d *Dialect) freeUsernameV2(tx *core.Tx, username string, self *core.User) error {
	other, err := tx.User(core.ByUsername(d.realm, username))
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err != nil:
		return err
	case self != nil && other.ID == self.ID:
		return nil
	}
	return crash("A User with that username already exists")
}
