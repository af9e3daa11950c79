package onapp

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Bounds of a user's texts, in characters. source: vendor reference, users create.
const (
	minLogin    = 2
	maxLogin    = 40
	maxEmail    = 100
	minPassword = 6
	maxName     = 100
	maxText     = 255
)

const (
	fieldConfirmation core.Field = "password_confirmation"
	fieldFirstName    core.Field = "first_name"
	fieldLastName     core.Field = "last_name"
)

// check lists what is wrong with the form of what was said, in the order of the panel's form. A new user needs a
// login, an address and a password; of an old one only what the request changes is looked at, so that a user who
// came in through another dialect can be changed without inventing an address.
func (in *userIn) check(d *Dialect, old *core.User) []core.Fault {
	var faults faultList
	if old == nil {
		faults.login(in.login.Or(""))
	}
	if email := in.email.Or(""); old == nil || in.email.Present() && email != core.Fold(old.Email) {
		faults.email(email)
	}
	if password := in.password.Or(""); old == nil || in.newPassword() != "" {
		faults.password(password)
		faults.confirmation(d, password, in.confirmation)
	}
	faults.length(fieldFirstName, news(in.firstName, old, givenName), maxName)
	faults.length(fieldLastName, news(in.lastName, old, familyName), maxName)
	faults.length("time_zone", in.timeZone, maxText)
	faults.length("locale", in.locale, maxText)
	faults.length("system_theme", in.theme, maxText)
	return faults
}

// news leaves away what the user is called already: a name that another dialect made may be longer than the panel
// allows, and clients send back what they loaded.
func news(said wire.Field[string], old *core.User, name func(*core.User) string) wire.Field[string] {
	if old != nil && said.Or("") == name(old) {
		return wire.Field[string]{}
	}
	return said
}

// faultList grows by what is found wrong.
type faultList []core.Fault

func (l *faultList) add(f core.Field, rule core.Rule, limit int) {
	*l = append(*l, core.Fault{Field: f, Rule: rule, Limit: limit})
}

// has tells whether something is wrong with the field already.
func (l faultList) has(f core.Field) bool {
	for i := range l {
		if l[i].Field == f {
			return true
		}
	}
	return false
}

func (l *faultList) login(login string) {
	n := utf8.RuneCountInString(login)
	switch {
	case strings.TrimSpace(login) == "":
		l.add(core.FieldUsername, core.NotBlank, 0)
		return
	case n < minLogin:
		l.add(core.FieldUsername, core.TooShort, minLogin)
	case n > maxLogin:
		l.add(core.FieldUsername, core.TooLong, maxLogin)
	}
	if !loginForm(login) {
		l.add(core.FieldUsername, core.Malformed, 0)
	}
}

// loginForm allows letters, digits and - _ @ . +, where - and @ do not come first. The dot and the plus are for
// billing modules that use e-mail addresses as logins.
func loginForm(login string) bool {
	for i := range len(login) {
		switch c := login[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '.', c == '+':
		case (c == '-' || c == '@') && i > 0:
		default:
			return false
		}
	}
	return true
}

func (l *faultList) email(email string) {
	if strings.TrimSpace(email) == "" {
		l.add(core.FieldEmail, core.NotBlank, 0)
		return
	}
	if utf8.RuneCountInString(email) > maxEmail {
		l.add(core.FieldEmail, core.TooLong, maxEmail)
	}
	if !emailForm(email) {
		l.add(core.FieldEmail, core.Malformed, 0)
	}
}

// emailForm is: no blanks, one @, something before it, and behind it labels of letters, digits and dashes with dots
// between, the last one of at least two letters. email is in lower case.
func emailForm(email string) bool {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || strings.ContainsFunc(local, isSpace) {
		return false
	}
	labels := strings.Split(domain, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || len(last) < 2 || !only(last, isLower) {
		return false
	}
	for _, label := range labels[:len(labels)-1] {
		if label == "" || !only(label, isLabel) {
			return false
		}
	}
	return true
}

func only(s string, in func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !in(r) }) < 0
}

func isLower(r rune) bool { return r >= 'a' && r <= 'z' }

func isLabel(r rune) bool { return isLower(r) || r >= '0' && r <= '9' || r == '-' }

func isSpace(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }

func (l *faultList) password(password string) {
	switch {
	case strings.TrimSpace(password) == "":
		l.add(core.FieldPassword, core.NotBlank, 0)
	case utf8.RuneCountInString(password) < minPassword:
		l.add(core.FieldPassword, core.TooShort, minPassword)
	}
}

// confirmation compares the two passwords if there are two. source: vendor reference, users create.
func (l *faultList) confirmation(d *Dialect, password string, again wire.Field[string]) {
	text, ok := again.Get()
	switch {
	case !ok || text == password:
	case d.version < v30:
		*l = append(*l, core.Fault{Field: core.FieldPassword, Rule: core.Malformed, Value: notAsConfirmation})
	default:
		*l = append(*l, core.Fault{Field: fieldConfirmation, Rule: core.Malformed, Value: notAsPassword})
	}
}

func (l *faultList) length(f core.Field, text wire.Field[string], limit int) {
	if utf8.RuneCountInString(text.Or("")) > limit {
		l.add(f, core.TooLong, limit)
	}
}

// checkTaken adds the logins and addresses that somebody else has, each beside its attribute's other faults. Users
// who are only marked as deleted count.
func (d *Dialect) checkTaken(tx *core.Tx, u *core.User, faults []core.Fault) ([]core.Fault, error) {
	list := faultList(faults)
	for _, name := range []struct {
		field core.Field
		text  string
		ref   core.UserRef
	}{
		{core.FieldUsername, u.Username, core.ByUsername(u.Realm, u.Username)},
		{core.FieldEmail, u.Email, core.ByEmail(u.Realm, u.Email)},
	} {
		if name.text == "" || list.has(name.field) {
			continue
		}
		other, err := tx.UserIncludingDeleted(name.ref)
		switch {
		case err == nil && other.ID != u.ID:
			list.add(name.field, core.Taken, 0)
		case err != nil && !errors.Is(err, core.ErrNotFound):
			return nil, err
		}
	}
	return inOrder(list), nil
}

// formOrder is the order of the attributes in the panel's form.
var formOrder = []core.Field{
	core.FieldUsername, core.FieldEmail, core.FieldPassword, fieldConfirmation, fieldFirstName, fieldLastName,
}
