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

// groupInput is what a request says of a group.
type groupInput struct {
	name, label, description wire.Field[string]
	full                     bool // PUT: a name that is not spoken of goes
}

func readGroupBody(c *call) (*groupInput, error) {
	in, err := c.bodyObject()
	if err != nil {
		return nil, err
	}
	return readGroup(c, in)
}

func readGroup(c *call, in wire.Value) (*groupInput, error) {
	p := &problems{}
	input := &groupInput{
		name:        c.text(in, "name", textRule{nullable: true, max: noLimit}, p),
		label:       c.text(in, "label", textRule{blank: true, max: 64}, p),
		description: c.text(in, "description", textRule{blank: true, max: 256}, p),
		full:        c.method == http.MethodPut,
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

func createGroup(c *call) (reply, error) {
	g, err := changeGroup(c, func(*core.Tx) (*core.Group, error) {
		return &core.Group{Realm: c.instance.Realm, Kind: groupKind}, nil
	})
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.group(g) })
}

func saveGroup(c *call) (reply, error) {
	g, err := changeGroup(c, func(tx *core.Tx) (*core.Group, error) { return tx.Group(groupRef(c.group)) })
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) { e.group(g) })
}

func groupRef(g *core.Group) core.GroupRef {
	return core.GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID}
}

// checkGroupCount fails if the group, which is stored, is one too many. Ids are not
// given again, so that most groups are within the limit without a count.
func (c *call) checkGroupCount(tx *core.Tx, g *core.Group) error {
	limit := c.d.cfg.MaxGroups
	if limit < 0 || g.ID <= int64(limit) {
		return nil
	}
	beyond, err := tx.Groups(core.GroupQuery{Realm: g.Realm, Kind: groupKind, Offset: limit, Limit: 1})
	if err == nil && len(beyond) > 0 {
		err = countExceeded("Group", limit)
	}
	return err
}

// changeGroup changes and stores the group that get finds or makes.
func changeGroup(c *call, get func(*core.Tx) (*core.Group, error)) (g *core.Group, err error) {
	in, err := readGroupBody(c)
	if err != nil {
		return nil, err
	}
	err = c.update(func(tx *core.Tx) (err error) {
		if g, err = get(tx); err != nil {
			return err
		}
		in.apply(g)
		if err := checkGroupName(tx, g); err != nil {
			return err
		}
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		return c.checkGroupCount(tx, g)
	})
	return g, err
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

func deleteGroup(c *call) (reply, error) {
	return noContent(c.update(func(tx *core.Tx) error {
		g, err := tx.Group(groupRef(c.group))
		if err != nil {
			return err
		}
		return tx.RemoveGroup(g)
	}))
}
