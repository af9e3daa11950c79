package onapp

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Limits of a user's texts, in characters. See REFERENCE.md, "Create a user".
const (
	minLogin    = 2
	maxLogin    = 40
	maxEmail    = 100
	minPassword = 6
	maxName     = 100
	maxText     = 255
)

// formOrder is the order of the attributes in the panel's form.
var formOrder = []core.Field{
	core.FieldUsername, core.FieldEmail, core.FieldPassword, fieldConfirmation, fieldFirstName, fieldLastName,
}

// validate returns the faults of the input, in the order of the panel's form. A new user needs a
// login, an address and a password; of an old one only changes are checked, so that a user of
// another dialect can be changed without an address. Whether a name is taken only the store knows.
func (in *userInput) validate(d *Dialect, old *core.User) faultList {
	var faults faultList
	if old == nil {
		faults.login(in.login.Or(""))
	}
	if email := in.email.Or(""); old == nil || in.changesEmail(old) {
		faults.email(email)
	}
	if old == nil || in.newPassword() != "" {
		faults.password(in.password.Or(""))
		faults.confirmation(d, in)
	}
	faults.length(fieldFirstName, ifChanged(in.firstName, old, givenName), maxName)
	faults.length(fieldLastName, ifChanged(in.lastName, old, familyName), maxName)
	faults.length("time_zone", in.timeZone, maxText)
	faults.length("locale", in.locale, maxText)
	faults.length("system_theme", in.theme, maxText)
	if in.badSuspendAt {
		faults.add("suspend_at", core.Malformed, 0)
	}
	return faults
}

func (in *userInput) changesEmail(old *core.User) bool {
	return in.email.Present() && in.email.Or("") != downcase(old.Email)
}

// ifChanged drops a name that the user has already: another dialect's may be longer than the panel
// allows, and clients send back what they loaded.
func ifChanged(given wire.Field[string], old *core.User, name func(*core.User) string) wire.Field[string] {
	if old != nil && given.Or("") == name(old) {
		return wire.Field[string]{}
	}
	return given
}

// withTaken adds the names that the store refuses to faults. It tries to write them, so it must run
// in a transaction that fails afterwards. Names that have a fault already are not tried.
func (faults faultList) withTaken(tx *core.Tx, u *core.User) (faultList, error) {
	trial := *u
	if faults.has(core.FieldUsername) || trial.Username == "" {
		trial.Username = tx.Directory().NewUID()
	}
	if faults.has(core.FieldEmail) {
		trial.Email = ""
	}
	write := tx.AddUser
	if u.ID != 0 {
		write = tx.SaveUser
	}
	err := write(&trial)
	if refused := core.AsError(err); refused != nil && (refused.Kind == core.Invalid || refused.Kind == core.Conflict) {
		faults, err = append(faults, refused.Faults...), nil
	}
	slices.SortStableFunc(faults, func(a, b core.Fault) int { return cmp.Compare(formPosition(a), formPosition(b)) })
	return faults, err
}

func formPosition(f core.Fault) int {
	if i := slices.Index(formOrder, f.Field); i >= 0 {
		return i
	}
	return len(formOrder)
}

// faultList is the faults found so far.
type faultList []core.Fault

func (faults *faultList) add(f core.Field, rule core.Rule, limit int) {
	*faults = append(*faults, core.Fault{Field: f, Rule: rule, Limit: limit})
}

// addMessage adds a fault with a message of this dialect.
func (faults *faultList) addMessage(f core.Field, message string) {
	*faults = append(*faults, core.Fault{Field: f, Rule: core.Malformed, Value: message})
}

func (faults faultList) has(f core.Field) bool {
	return slices.ContainsFunc(faults, func(fault core.Fault) bool { return fault.Field == f })
}

func (faults *faultList) login(login string) {
	n := utf8.RuneCountInString(login)
	switch {
	case strings.TrimSpace(login) == "":
		faults.add(core.FieldUsername, core.NotBlank, 0)
		return
	case n < minLogin:
		faults.add(core.FieldUsername, core.TooShort, minLogin)
	case n > maxLogin:
		faults.add(core.FieldUsername, core.TooLong, maxLogin)
	}
	if !isLogin(login) {
		faults.add(core.FieldUsername, core.Malformed, 0)
	}
}

// isLogin allows letters, digits and - _ @ . +, where - and @ are not first. The dot and the plus
// are for billing modules that use e-mail addresses as logins.
func isLogin(login string) bool {
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

func (faults *faultList) email(email string) {
	if strings.TrimSpace(email) == "" {
		faults.add(core.FieldEmail, core.NotBlank, 0)
		return
	}
	if utf8.RuneCountInString(email) > maxEmail {
		faults.add(core.FieldEmail, core.TooLong, maxEmail)
	}
	if !isEmail(email) {
		faults.add(core.FieldEmail, core.Malformed, 0)
	}
}

// isEmail allows no blanks, one @ with text before it, and after it labels of letters, digits and
// dashes between dots, of which the last has at least two letters. email is in lower case.
func isEmail(email string) bool {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || strings.ContainsFunc(local, isSpace) {
		return false
	}
	labels := strings.Split(domain, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || len(last) < 2 || !allRunes(last, isLower) {
		return false
	}
	for _, label := range labels[:len(labels)-1] {
		if label == "" || !allRunes(label, isLabelRune) {
			return false
		}
	}
	return true
}

func allRunes(s string, in func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !in(r) }) < 0
}

func isLower(r rune) bool { return r >= 'a' && r <= 'z' }

func isLabelRune(r rune) bool { return isLower(r) || r >= '0' && r <= '9' || r == '-' }

func isSpace(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }

func (faults *faultList) password(password string) {
	switch {
	case strings.TrimSpace(password) == "":
		faults.add(core.FieldPassword, core.NotBlank, 0)
	case utf8.RuneCountInString(password) < minPassword:
		faults.add(core.FieldPassword, core.TooShort, minPassword)
	}
}

// confirmation compares the two passwords if there are two. See REFERENCE.md, "Create a user".
func (faults *faultList) confirmation(d *Dialect, in *userInput) {
	text, ok := in.confirmation.Get()
	switch {
	case !ok || text == in.password.Or(""):
	case d.version < v30:
		faults.addMessage(core.FieldPassword, messageNotConfirmation)
	default:
		faults.addMessage(fieldConfirmation, messageNotPassword)
	}
}

func (faults *faultList) length(f core.Field, text wire.Field[string], limit int) {
	if utf8.RuneCountInString(text.Or("")) > limit {
		faults.add(f, core.TooLong, limit)
	}
}

// errRollBack ends a transaction whose writes were a trial.
var errRollBack = errors.New("roll back")

// validateLogin answers whether a login or an address could be given to a new user.
// See REFERENCE.md, "Other user routes".
func validateLogin(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreateUsers) || c.maySome(mayUpdateUsers)); err != nil {
		return reply{}, err
	}
	in := c.d.decodeUser(c.params.merged)
	var form, faults faultList
	if in.login.Present() || !in.email.Present() {
		form.login(in.login.Or(""))
	}
	if in.email.Present() {
		form.email(in.email.Or(""))
	}
	err := c.update(func(tx *core.Tx) (err error) {
		u := core.User{Realm: c.d.cfg.Realm, Username: in.login.Or(""), Email: in.email.Or("")}
		if faults, err = slices.Clone(form).withTaken(tx, &u); err != nil {
			return err
		}
		return errRollBack
	})
	if !errors.Is(err, errRollBack) {
		return reply{}, err
	}
	return showHash(func(e stream) {
		text := ""
		if len(faults) > 0 {
			text = checkSentence(faults[0])
		}
		e.Bool("valid", len(faults) == 0)
		e.Str("message", text)
	}), nil
}
