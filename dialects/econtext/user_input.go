package econtext

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// userInput is what a request says about a user. What is absent stays as it is.
type userInput struct {
	null bool // the body of an update is null: it changes nothing, not even modified_at

	email                wire.Field[string]
	password             string // trimmed; "" for none
	name                 wire.Field[string]
	status               string // "" for none
	attributes           wire.Field[core.Attributes]
	applications, groups wire.Field[wire.Value]
	username             string // "" for none; only the profile v2 updates it

	// Only of new users.
	id                   string
	admin                bool
	organization         wire.Value
	company              string    // v2: the name of its organization
	createdAt, updatedAt time.Time // v2; zero means now

	// The faults found while reading, in the order in which they answer: before
	// the address is looked up; of the address's form, of the password, and of
	// what has no place in the vendor's order.
	malformed, addressFault, passwordFault, restFault error
}

// noteRest keeps the first fault of the last kind.
func (in *userInput) noteRest(err error) {
	if in.restFault == nil {
		in.restFault = err
	}
}

// readNewUser reads the body of a create call. See REFERENCE.md, "Creating a user".
func (c *call) readNewUser() (*userInput, error) {
	v, err := c.readObject(false)
	if err != nil {
		return nil, err
	}
	if !c.d.v2 {
		for _, name := range []string{"email", "password", "applications"} {
			if !v.Has(name) {
				return nil, missing(name)
			}
		}
	}
	in := &userInput{organization: member(v, "organization")}
	in.admin, _ = member(v, "org_admin").Bool()
	c.d.readUserFields(in, v, true)
	in.status = cmp.Or(in.status, c.d.version.newUserStatus)
	in.id, err = givenID(v, "id")
	in.noteRest(err)
	if c.d.v2 {
		return in, in.readNewUserV2(v)
	}
	username, err := textField(v, "username")
	in.noteRest(err)
	in.username = cmp.Or(username.Or(""), member(v, "email").Text())
	return in, nil
}

// readNewUserV2 reads what only the later server knows, and fails at once without a name.
func (in *userInput) readNewUserV2(v wire.Value) (err error) {
	in.username = cmp.Or(stringOf(v, "username"), in.email.Or(""))
	in.company = stringOf(member(v, memberCustomData), "company_name")
	name, err := textField(v, "name")
	switch {
	case in.username == "":
		return crash(textNoEmail)
	case err != nil:
		return err
	case name.Or("") == "":
		return missing("name")
	}
	in.createdAt, err = momentV2(member(v, "created_at"))
	in.noteRest(err)
	in.updatedAt, err = momentV2(member(v, "modified_at"))
	in.noteRest(err)
	return nil
}

// readUserChange reads the body of an update. See REFERENCE.md, "Updating a user".
func (c *call) readUserChange() (*userInput, error) {
	v, err := c.readObject(true)
	if err != nil {
		return nil, err
	}
	in := &userInput{null: v.IsNull()}
	c.d.readUserFields(in, v, false)
	if c.d.v2 {
		in.username = stringOf(v, "username")
		if v.Has("org_admin") {
			in.malformed = crash(textNewOrgAdmin)
		}
	}
	return in, nil
}

// readUserFields reads the fields that new and changed users have in common.
func (d *Dialect) readUserFields(in *userInput, v wire.Value, isNew bool) {
	in.applications, in.groups = v.Field("applications"), v.Field("groups")
	if email, ok := v.Get("email"); ok {
		d.readEmail(in, email, isNew)
	}
	if password, ok := v.Get("password"); ok || isNew {
		in.password, in.passwordFault = d.readPassword(password)
	}
	var err error
	in.name, err = textField(v, "name")
	in.noteRest(err)
	if status, ok := v.Get("status"); ok {
		in.status, err = d.readUserStatus(status)
		in.noteRest(err)
	}
	if custom, ok := d.customData(v); ok {
		in.attributes = wire.Some(attributesOf(custom))
	}
}

// readEmail reads an address, trimmed. The documented server lower-cases it; to
// the later one a blank address is none.
func (d *Dialect) readEmail(in *userInput, v wire.Value, isNew bool) {
	s, isString := v.Str()
	s = strings.TrimSpace(s)
	switch {
	case !isString && !(d.v2 && isNew):
		in.malformed = noAttribute(v, "lower")
	case d.v2 && s == "":
	case d.v2:
		in.email = wire.Some(s)
		if !looksLikeAddress(s) {
			in.addressFault = crash(textNoEmail)
		}
	default:
		s = pystyle.Lower(s)
		in.email = wire.Some(s)
		if !validAddress(s) {
			in.addressFault = invalid("email", textInvalidEmail)
		}
	}
}

// attributesOf is custom_data as the core keeps it: values as JSON, names as text,
// which cannot hold half a surrogate pair.
func attributesOf(custom wire.Value) (all core.Attributes) {
	for _, m := range custom.Members() {
		name, value := m.Name, string(m.Value.JSON())
		if utf8.ValidString(name) {
			all = append(all, core.Attribute{Name: name, Value: value})
		} else {
			all.Set(strings.ToValidUTF8(name, string(utf8.RuneError)), value)
		}
	}
	return all
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
	return time.Time{}, crash("Invalid isoformat string: '" + textOf(v) + "'")
}

// maxEpoch is the end of the year 9999, Python's last.
const maxEpoch = 253402300800

var isoLayouts = []string{
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02",
}
