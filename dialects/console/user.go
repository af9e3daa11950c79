package console

import (
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
)

// userPage is what the page of one user shows.
type userPage struct {
	User     *core.User
	State    string
	Facets   []string
	Handles  []shownHandle
	Groups   []shownMembership
	Answers  []shownAnswer
	Requests []Entry
	History  *audit.History // nil without an audit
	Problem  map[string]string
	Done     string
}

// shownHandle is a text that finds the user, masked: most are secrets. The operator has
// asked for the one that has a value.
type shownHandle struct{ Kind, Masked, Value string }

// shownMembership is one group that the user is in.
type shownMembership struct {
	Dialect string
	Group   *core.Group
}

// shownAnswer is a user as the clients of one dialect see it.
type shownAnswer struct {
	Dialect string
	dialects.UserAnswer
	Curl   string
	Hidden []string // fields of the user that the answer does not show
}

func (v *visit) showUser() error { return v.userPage(http.StatusOK, nil, "") }

// showHandle shows the user with the whole value of one handle, and notes it in the audit.
func (v *visit) showHandle() error {
	kind := v.r.PostFormValue("kind")
	err := v.update("show handle", func(tx *core.Tx) error {
		u, err := v.pathUser(tx)
		if err != nil || u.Handle(kind) == "" {
			return errors.Join(err, core.ErrNotFound)
		}
		core.NoteReading(tx, core.Change{Action: "show", Kind: "user", Realm: u.Realm, ID: u.ID, Fields: []string{kind}})
		return nil
	})
	if err != nil {
		return err
	}
	return v.userPage(http.StatusOK, nil, kind)
}

// userPage shows the user in the path, with what is wrong in one of its forms and the
// whole value of the handle of that kind.
func (v *visit) userPage(status int, wrong map[string]string, handle string) error {
	p := userPage{Problem: wrong, Done: doneText(v.r.URL.Query().Get("done"))}
	err := v.view(func(tx *core.Tx) (err error) {
		if p.User, err = v.pathUser(tx); err != nil {
			return err
		}
		p.State = state(p.User, tx)
		p.Groups, err = memberships(tx, p.User)
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range p.User.Handles {
		shown := shownHandle{Kind: h.Kind, Masked: mask(h.Value)}
		if h.Kind == handle {
			shown.Value = h.Value
		}
		p.Handles = append(p.Handles, shown)
	}
	for _, f := range p.User.Facets {
		p.Facets = append(p.Facets, f.Dialect)
	}
	if v.cfg.Live != nil {
		p.Requests = v.cfg.Live.of(string(p.User.Realm), p.User.ID)
	}
	if p.History, err = v.history(p.User); err != nil {
		return err
	}
	if p.Answers, err = v.answers(p.User); err != nil {
		return err
	}
	return v.render(status, "user", p)
}

// history is what the audit says of the user; nil without one.
func (v *visit) history(u *core.User) (*audit.History, error) {
	if v.cfg.History == nil {
		return nil, nil
	}
	h, err := v.cfg.History(u.Realm, u.ID)
	if errors.Is(err, audit.ErrNoFile) {
		return nil, nil
	}
	return &h, err
}

func state(u *core.User, tx *core.Tx) string {
	switch {
	case !u.DeletedAt.IsZero():
		return "deleted"
	case !u.Enabled:
		return "disabled"
	case !u.Active(tx.Now()):
		return "expired"
	}
	return "active"
}

func memberships(tx *core.Tx, u *core.User) (list []shownMembership, err error) {
	all, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Users: []int64{u.ID}})
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		g, err := tx.Group(core.GroupRef{Realm: u.Realm, Kind: m.Kind, ID: m.Group})
		if err != nil {
			return nil, err
		}
		dialect, _, _ := strings.Cut(m.Kind, ".")
		list = append(list, shownMembership{dialect, g})
	}
	return list, nil
}

// mask shows how a secret begins, to recognize it by.
func mask(secret string) string {
	const shown = 4
	if utf8.RuneCountInString(secret) <= 2*shown {
		return "••••••••"
	}
	return string([]rune(secret)[:shown]) + "••••••••"
}

// answers are the user through each dialect's eyes. A dialect that fails shows its error.
func (v *visit) answers(u *core.User) (all []shownAnswer, err error) {
	for _, d := range v.cfg.Dialects {
		viewer, ok := d.(dialects.UserViewer)
		if !ok {
			continue
		}
		found, err := viewer.ViewUser(v.r, string(u.Realm), u.ID)
		if err != nil && core.KindOf(err) != core.NotFound {
			return nil, err
		}
		for _, a := range found {
			all = append(all, shownAnswer{Dialect: d.Name(), UserAnswer: a, Curl: v.curl(a), Hidden: hidden(u, a.Body)})
		}
	}
	return all, nil
}

// curl is the command that gets the answer, with a placeholder for the credentials.
func (v *visit) curl(a dialects.UserAnswer) string {
	scheme := "http://"
	if v.cfg.Secure(v.r) {
		scheme = "https://"
	}
	return "curl " + a.Credentials + " '" + scheme + strings.ReplaceAll(v.r.Host, "'", "") + a.Path + "'"
}

// hidden lists the user's fields whose value does not stand in the answer.
func hidden(u *core.User, body string) (names []string) {
	body = readable(body)
	for _, f := range []struct{ name, value string }{
		{"uid", u.UID}, {"username", u.Username}, {"email", u.Email}, {"name", u.Name.Formatted},
		{"given name", u.Name.Given}, {"family name", u.Name.Family},
	} {
		if f.value != "" && !strings.Contains(body, f.value) {
			names = append(names, f.name)
		}
	}
	for _, a := range u.Attributes {
		if !strings.Contains(body, a.Name) {
			names = append(names, "attribute "+a.Name)
		}
	}
	return names
}

var escapes = regexp.MustCompile(`(?:\\u[0-9a-fA-F]{4})+`)

// readable returns a body's text without the escapes of JSON and XML.
func readable(body string) string {
	body = escapes.ReplaceAllStringFunc(body, func(s string) string {
		var text string
		if json.Unmarshal([]byte(`"`+s+`"`), &text) != nil {
			return s
		}
		return text
	})
	return html.UnescapeString(body)
}

// doneText is what a page says after a change, by the word in its address.
func doneText(word string) string {
	return map[string]string{
		"saved": "Saved.", "created": "The user was created.", "password": "The password was changed and all sessions have ended.",
		"disable": "The user was disabled.", "enable": "The user was enabled.", "unlock": "The user may log in again.",
	}[word]
}

// groupsPage is what the list of groups shows.
type groupsPage struct {
	Realm  core.Realm
	Realms []core.Realm
	Kinds  []shownKind
}

// shownKind is the groups of one kind.
type shownKind struct {
	Kind   string
	Groups []*core.Group
	More   bool
}

// maxGroups is the most groups of a kind that a page shows.
const maxGroups = 200

func (v *visit) listGroups() error {
	p := groupsPage{Realm: v.filter().Realm}
	err := v.view(func(tx *core.Tx) (err error) {
		p.Kinds = nil
		if p.Realms, err = customerRealms(tx); err != nil {
			return err
		}
		kinds, err := tx.Kinds(p.Realm)
		if err != nil {
			return err
		}
		for _, kind := range kinds {
			found, err := tx.Groups(core.GroupQuery{Realm: p.Realm, Kind: kind, Limit: maxGroups + 1})
			if err != nil {
				return err
			}
			if len(found) > 0 {
				p.Kinds = append(p.Kinds, shownKind{kind, found[:min(len(found), maxGroups)], len(found) > maxGroups})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "groups", p)
}

// groupPage is what the page of one group shows.
type groupPage struct {
	Group   *core.Group
	Kind    string
	Members []*core.User
	All     string // link to the members as a list of users
	Rights  []string
}

func (v *visit) showGroup() error {
	id, err := v.pathID()
	if err != nil {
		return err
	}
	realm, kind := core.Realm(v.r.PathValue("realm")), v.r.PathValue("kind")
	p := groupPage{Kind: kind, All: userFilter{Realm: realm, Kind: kind, Group: id}.link(0)}
	err = v.view(func(tx *core.Tx) (err error) {
		if p.Group, err = tx.Group(core.GroupRef{Realm: realm, Kind: kind, ID: id}); err != nil {
			return err
		}
		members := usersPage{Filter: userFilter{Realm: realm, Kind: kind, Group: id}}
		err = members.fill(tx)
		p.Members = members.Users
		return err
	})
	if err != nil {
		return err
	}
	if p.Rights, err = v.rights(p.Group); err != nil {
		return err
	}
	return v.render(http.StatusOK, "group", p)
}

// rights are what membership of the group allows a user to do to others.
func (v *visit) rights(g *core.Group) (rights []string, err error) {
	for _, d := range v.cfg.Dialects {
		source, ok := d.(core.AuthoritySource)
		if !ok || !slices.Contains(source.AuthorityKinds(), g.Kind) {
			continue
		}
		more, err := source.GroupRights(g)
		if err != nil {
			return nil, err
		}
		rights = append(rights, more...)
	}
	slices.Sort(rights)
	return slices.Compact(rights), nil
}

// shownID is a number in an address.
func shownID(id int64) string { return strconv.FormatInt(id, 10) }
