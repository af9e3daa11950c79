package syncano

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func groupEndpoints() []*endpoint {
	fields := []optionField{
		{name: "name", kind: "slug", label: "Name", maxLength: 64},
		{name: "label", kind: "string", label: "Label", maxLength: 64},
		{name: "description", kind: "string", label: "Description", maxLength: 256},
	}
	return []*endpoint{
		{path: "instances/:instance/groups/", title: "Group List", scope: instanceScope, verbs: []verb{
			{method: http.MethodGet, op: "groups.list", may: mayListGroups, read: listGroups},
			{method: http.MethodPost, op: "groups.create", may: mayCreateGroups, write: createGroup, fields: fields},
		}},
		{path: "instances/:instance/groups/:group/", title: "Group Instance", scope: instanceScope, verbs: []verb{
			{method: http.MethodGet, op: "groups.show", may: mayShowGroups, find: findGroup, read: showGroup},
			{method: http.MethodPut, op: "groups.update", may: mayUpdateGroups, find: findGroup, write: saveGroup, fields: fields},
			{method: http.MethodPatch, op: "groups.patch", may: mayUpdateGroups, find: findGroup, write: saveGroup},
			{method: http.MethodDelete, op: "groups.delete", may: mayDeleteGroups, find: findGroup, write: deleteGroup},
		}},
	}
}

func findGroup(k *call, tx *core.Tx) (err error) {
	k.group, err = tx.Group(core.GroupRef{Realm: k.instance.Realm, Kind: groupKind, ID: k.id("group")})
	return err
}

func showGroup(k *call, _ *core.Tx) error {
	k.setFilter()
	k.writeGroup(k.group)
	return nil
}

func listGroups(k *call, tx *core.Tx) error {
	p, err := k.page()
	if err != nil {
		return err
	}
	groups, err := k.groupsOfPage(tx, p)
	if err != nil {
		return err
	}
	k.writePage(p, len(groups), func(i int) int64 { return groups[i].ID }, func(i int) { k.writeGroup(groups[i]) })
	return nil
}

func (k *call) groupsOfPage(tx *core.Tx, p *page) ([]*core.Group, error) {
	q := core.GroupQuery{Realm: k.instance.Realm, Kind: groupKind}
	prefix := k.query().Get("label__startswith")
	if prefix == "" {
		return p.groups(tx, q)
	}
	return scan(p, func(after, before int64, limit int) ([]*core.Group, error) {
		q.AfterID, q.BeforeID, q.Desc, q.Limit = after, before, p.queryDesc(), limit
		return tx.Groups(q)
	}, func(g *core.Group) int64 { return g.ID }, func(g *core.Group) bool { return strings.HasPrefix(g.Name, prefix) })
}

// groupInput is what a request says of a group.
type groupInput struct {
	name, label, description wire.Field[string]
	full                     bool // PUT: a name that is not spoken of goes
}

func (k *call) readGroupBody() (*groupInput, error) {
	in, err := k.bodyObject()
	if err != nil {
		return nil, err
	}
	p := &problems{}
	input := &groupInput{
		name:        k.text(in, "name", textRule{nullable: true, max: noLimit}, p),
		label:       k.text(in, "label", textRule{blank: true, max: 64}, p),
		description: k.text(in, "description", textRule{blank: true, max: 256}, p),
		full:        k.method == http.MethodPut,
	}
	if name, ok := input.name.Get(); ok {
		input.name = wire.Some(strings.ToLower(name))
		p.add("name", groupNameFaults(input.name.Or(""))...)
	}
	return input, p.err()
}

// noLimit leaves the length to another rule.
const noLimit = 1 << 30

var groupLetters = regexp.MustCompile(`^[a-z0-9_-]*$`)

// groupNameFaults lists every rule that a name in lower case breaks.
func groupNameFaults(name string) []string {
	var faults []string
	check := func(ok bool, message string) {
		if !ok {
			faults = append(faults, message)
		}
	}
	length := utf8.RuneCountInString(name)
	check(startsWell.MatchString(name), "Value has to start with a letter.")
	check(endsWell.MatchString(name), "Value has to end with a letter or a number.")
	check(length <= 64, "Ensure this value has at most 64 characters (it has "+strconv.Itoa(length)+").")
	check(groupLetters.MatchString(name), "Enter a valid value consisting of letters, numbers, underscores, hyphens.")
	return faults
}

func (in *groupInput) apply(g *core.Group) {
	if in.name.Present() || in.full {
		g.Key = in.name.Or("")
	}
	g.Name = in.label.Or(g.Name)
	if description, ok := in.description.Get(); ok {
		body := groupBodyOf(g)
		body.Description = description
		g.Body = document(body)
	}
}

func createGroup(k *call) error {
	k.status = http.StatusCreated
	return k.writeGroupAfter(func(*core.Tx) (*core.Group, error) {
		return &core.Group{Realm: k.instance.Realm, Kind: groupKind}, nil
	})
}

func saveGroup(k *call) error {
	return k.writeGroupAfter(func(tx *core.Tx) (*core.Group, error) { return tx.Group(groupRef(k.group)) })
}

func groupRef(g *core.Group) core.GroupRef {
	return core.GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID}
}

// writeGroupAfter changes the group that get finds or makes, stores and shows it.
func (k *call) writeGroupAfter(get func(*core.Tx) (*core.Group, error)) error {
	in, err := k.readGroupBody()
	if err != nil {
		return err
	}
	var g *core.Group
	err = k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		if g, err = get(tx); err != nil {
			return err
		}
		in.apply(g)
		if err := checkGroupName(tx, g); err != nil {
			return err
		}
		return tx.SaveGroup(g)
	})
	if err != nil {
		return err
	}
	k.writeGroup(g)
	return nil
}

// checkGroupName refuses a name that another group has.
func checkGroupName(tx *core.Tx, g *core.Group) error {
	if g.Key == "" {
		return nil
	}
	other, err := tx.Group(core.GroupRef{Realm: g.Realm, Kind: groupKind, Key: g.Key})
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err == nil && other.ID != g.ID:
		return fieldError("name", msgUnique)
	}
	return err
}

func deleteGroup(k *call) error {
	k.status = http.StatusNoContent
	return k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		g, err := tx.Group(groupRef(k.group))
		if err != nil {
			return err
		}
		return tx.RemoveGroup(g)
	})
}
