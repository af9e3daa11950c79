package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
)

// userForm is a form for one user, with what was typed.
type userForm struct {
	New                      bool
	Realm                    core.Realm
	ID, Revision             int64
	Username, Email          string
	Formatted, Given, Family string
	Password                 string // of a new user; never shown again
	EnabledUntil, Attributes string
	Problem                  map[string]string
}

// formTime is the form of a time that is typed.
const formTime = "2006-01-02 15:04:05"

func (v *visit) newUser() error {
	return v.render(http.StatusOK, "user-form", userForm{New: true, Realm: v.filter().Realm, Attributes: "{}"})
}

func (v *visit) editUser() error {
	var f userForm
	err := v.view(func(tx *core.Tx) error {
		u, err := v.pathUser(tx)
		if err == nil {
			f = formOf(u)
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "user-form", f)
}

func formOf(u *core.User) userForm {
	f := userForm{Realm: u.Realm, ID: u.ID, Revision: u.Revision, Username: u.Username, Email: u.Email,
		Formatted: u.Name.Formatted, Given: u.Name.Given, Family: u.Name.Family, Attributes: attributesText(u.Attributes)}
	if !u.EnabledUntil.IsZero() {
		f.EnabledUntil = u.EnabledUntil.UTC().Format(formTime)
	}
	return f
}

// typed reads the form that was sent.
func (v *visit) typed() userForm {
	text := func(name string) string { return strings.ReplaceAll(v.r.PostFormValue(name), "\r\n", "\n") }
	f := userForm{Realm: core.Realm(text("realm")), Username: text("username"), Email: text("email"), Formatted: text("formatted"),
		Given: text("given"), Family: text("family"), Password: text("password"), EnabledUntil: strings.TrimSpace(text("until")),
		Attributes: text("attributes"), Problem: map[string]string{}}
	_, _ = fmt.Sscan(text("revision"), &f.Revision)
	return f
}

// apply writes what was typed into the user, and notes what cannot be read.
func (f *userForm) apply(u *core.User) bool {
	u.Username, u.Email = f.Username, f.Email
	u.Name = core.Name{Formatted: f.Formatted, Given: f.Given, Family: f.Family}
	u.EnabledUntil = time.Time{}
	if f.EnabledUntil != "" {
		until, err := time.ParseInLocation(formTime, f.EnabledUntil, time.UTC)
		if err != nil {
			f.Problem["until"] = "must be like 2030-01-31 12:00:00"
		}
		u.EnabledUntil = until
	}
	attributes, err := readAttributes(f.Attributes)
	if err != nil {
		f.Problem["attributes"] = "must be one JSON object: " + err.Error()
	}
	u.Attributes = attributes
	return len(f.Problem) == 0
}

// attributesText shows attributes as one JSON object, a line each, in their order.
func attributesText(as core.Attributes) string {
	if len(as) == 0 {
		return "{}"
	}
	lines := make([]string, 0, len(as))
	for _, a := range as {
		name, _ := json.Marshal(a.Name)
		lines = append(lines, "  "+string(name)+": "+a.Value)
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}"
}

var errNotObject = errors.New("it is not an object")

// readAttributes reads a JSON object. It keeps the order of the names and the text of the values.
func readAttributes(text string) (as core.Attributes, err error) {
	if !json.Valid([]byte(text)) {
		var any any
		return nil, json.Unmarshal([]byte(text), &any)
	}
	d := json.NewDecoder(strings.NewReader(text))
	if t, _ := d.Token(); t != json.Delim('{') {
		return nil, errNotObject
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		as.Set(name.(string), string(value))
	}
	return as, nil
}

// again shows the form with what was typed and what is wrong; other errors it returns.
func (v *visit) again(f userForm, err error) error {
	for field, text := range faultsOf(err) {
		f.Problem[field] = text
	}
	if len(f.Problem) == 0 {
		return err
	}
	f.Password = ""
	return v.render(http.StatusUnprocessableEntity, "user-form", f)
}

func (v *visit) createUser() error {
	f := v.typed()
	f.New = true
	if f.Realm == "" || f.Realm.Reserved() {
		f.Problem["realm"] = "is not a realm of users"
		return v.again(f, nil)
	}
	u := &core.User{Realm: f.Realm, Enabled: true}
	if !f.apply(u) {
		return v.again(f, nil)
	}
	err := v.choosePassword(f.Password, func(p core.ChosenPassword) error {
		return v.update("create user", func(tx *core.Tx) error {
			made := u.Clone()
			made.SetPassword(p)
			made.PasswordChangedAt = tx.Now()
			err := tx.AddUser(made)
			u.ID = made.ID
			return err
		})
	})
	if err != nil {
		return v.again(f, err)
	}
	v.done(u, "created")
	return nil
}

func (v *visit) saveUser() error {
	f := v.typed()
	f.Realm = core.Realm(v.r.PathValue("realm"))
	var u *core.User
	errUnread := errors.New("the form cannot be read")
	err := v.update("edit user", func(tx *core.Tx) (err error) {
		if u, err = v.pathUser(tx); err != nil {
			return err
		}
		f.ID = u.ID
		if u.Revision != f.Revision {
			return &core.Error{Kind: core.Stale, Subject: "user"}
		}
		f.Problem = map[string]string{}
		if !f.apply(u) {
			return errUnread
		}
		return tx.SaveUser(u)
	})
	if err != nil {
		return v.again(f, err)
	}
	v.done(u, "saved")
	return nil
}

// choosePassword hashes a new password outside of the transaction and hands it on.
func (v *visit) choosePassword(plain string, use func(core.ChosenPassword) error) error {
	if utf8.RuneCountInString(plain) < core.MinAuthorityPassword {
		return &core.Error{Kind: core.Invalid, Subject: "user", Faults: []core.Fault{{Field: core.FieldPassword, Rule: core.TooShort, Limit: core.MinAuthorityPassword}}}
	}
	chosen, err := v.cfg.Directory.ChoosePassword(v.r.Context(), plain)
	if err != nil {
		return err
	}
	return use(chosen)
}

func (v *visit) setPassword() error {
	var u *core.User
	err := v.choosePassword(v.r.PostFormValue("password"), func(p core.ChosenPassword) error {
		return v.update("reset password", func(tx *core.Tx) (err error) {
			if u, err = v.pathUser(tx); err != nil {
				return err
			}
			u.SetPassword(p)
			u.PasswordChangedAt = tx.Now()
			return tx.SaveUser(u)
		})
	})
	if err == nil {
		v.done(u, "password")
		return nil
	}
	if wrong := faultsOf(err); len(wrong) > 0 {
		return v.userPage(http.StatusUnprocessableEntity, wrong, "")
	}
	return err
}

// actOnUser disables, enables, unlocks or deletes the user.
func (v *visit) actOnUser() error {
	actions := map[string]func(*core.Tx, *core.User) error{
		"disable": func(tx *core.Tx, u *core.User) error { u.Enabled = false; return tx.SaveUser(u) },
		"enable": func(tx *core.Tx, u *core.User) error {
			u.Enabled, u.EnabledUntil = true, time.Time{}
			return tx.SaveUser(u)
		},
		"unlock": v.unlock,
		"delete": func(tx *core.Tx, u *core.User) error { return tx.RemoveUser(u) },
	}
	action := v.r.PathValue("action")
	act, ok := actions[action]
	if !ok {
		return v.notFound()
	}
	if action == "delete" && v.r.PostFormValue("sure") != "yes" {
		return v.userPage(http.StatusUnprocessableEntity, map[string]string{"sure": "Check the box to delete the user for good."}, "")
	}
	var u *core.User
	err := v.update(action+" user", func(tx *core.Tx) (err error) {
		if u, err = v.pathUser(tx); err != nil {
			return err
		}
		return act(tx, u)
	})
	switch {
	case err == nil && action == "delete":
		v.redirect(userFilter{Realm: u.Realm}.link(0))
	case err == nil:
		v.done(u, action)
	case len(faultsOf(err)) > 0:
		return v.userPage(http.StatusUnprocessableEntity, faultsOf(err), "")
	}
	return err
}

// unlock takes away the locks that dialects put on a user after wrong passwords.
func (v *visit) unlock(tx *core.Tx, u *core.User) error {
	for _, d := range v.cfg.Dialects {
		if l, ok := d.(interface {
			Unlock(*core.Tx, *core.User) (bool, error)
		}); ok {
			if _, err := l.Unlock(tx, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// done leads to the user's page, so that a reload does not send the form again.
func (v *visit) done(u *core.User, word string) {
	v.redirect(userLink(u.Realm, u.ID) + "?done=" + word)
}
