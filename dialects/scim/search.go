package scim

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// listAll lists users and groups.
func listAll(c *call) (*reply, error) { return c.list(c.everything(), c.queryParams()) }

func (c *call) everything() scope { return scope{users: true, groups: true, t: c.types.all} }

// searchAll, searchUsers and searchGroups are lists whose parameters are in a body.
func searchAll(c *call) (*reply, error) { return c.search(c.everything()) }

func searchUsers(c *call) (*reply, error) { return c.search(scope{users: true, t: c.types.users}) }

func searchGroups(c *call) (*reply, error) { return c.search(scope{groups: true, t: c.types.groups}) }

func (c *call) search(in scope) (*reply, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	find := func(name string) wire.Value {
		for _, m := range body.Members() {
			if strings.EqualFold(m.Name, name) {
				return m.Value
			}
		}
		return wire.Value{}
	}
	return c.list(in, params{
		get: func(name string) (string, bool) {
			v := find(name)
			return v.Text(), !v.IsNull()
		},
		attrs: namesIn(find("attributes")), excluded: namesIn(find("excludedAttributes")),
	})
}

// namesIn reads a list of names, or a text with commas.
func namesIn(v wire.Value) (names []string) {
	if text, ok := v.Str(); ok {
		return listParam(text)
	}
	for _, item := range v.Items() {
		names = append(names, item.Text())
	}
	return names
}
