package syncano

import (
	"maps"
	"slices"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// acl is v2's list of who may do what: with an object, or with an endpoint.
type acl struct {
	All    []string            `json:"*,omitempty"`
	Users  map[string][]string `json:"users,omitempty"`
	Groups map[string][]string `json:"groups,omitempty"`
}

// Words of an object's list.
const (
	aclRead  = "read"
	aclWrite = "write"
)

func (a *acl) json() string { return string(document(a).Text()) }

func parseACL(text []byte) *acl {
	a, err := decodeNew[acl](text)
	if err != nil {
		return &acl{}
	}
	return a
}

// grants reports whether the list lets a user in those groups do it; user 0 is
// a caller without a user.
func (a *acl) grants(action string, user int64, groups []int64) bool {
	if slices.Contains(a.All, action) {
		return true
	}
	if user == 0 {
		return false
	}
	if slices.Contains(a.Users[decimal(user)], action) {
		return true
	}
	return slices.ContainsFunc(groups, func(g int64) bool { return slices.Contains(a.Groups[decimal(g)], action) })
}

// aclOf is the object's list, or, of one that v1 made, what its rights amount to.
func aclOf(o *dataObject) *acl {
	if len(o.body.ACL) > 0 {
		return parseACL(o.body.ACL)
	}
	a := &acl{All: aclWords(o.body.OtherRight)}
	if words := aclWords(o.body.OwnerRight); words != nil && o.owner != 0 {
		a.Users = map[string][]string{decimal(o.owner): words}
	}
	if words := aclWords(o.body.GroupRight); words != nil && o.group != 0 {
		a.Groups = map[string][]string{decimal(o.group): words}
	}
	return a
}

func aclWords(r right) []string {
	switch r {
	case rightNone:
		return nil
	case rightRead:
		return []string{aclRead}
	}
	return []string{aclRead, aclWrite}
}

// ofACL is what the caller may do with the object by its list.
func (r *rights) ofACL(o *dataObject) right {
	a := aclOf(o)
	switch {
	case a.grants(aclWrite, r.user, r.groups):
		return rightFull
	case a.grants(aclRead, r.user, r.groups):
		return rightRead
	}
	return rightNone
}

// acl writes a list: "*", then the users and groups in the order of their ids.
func (e *encoder) acl(a *acl) {
	e.Obj()
	if a.All != nil {
		e.Key("*")
		e.words(a.All)
	}
	e.grants("users", a.Users)
	e.grants("groups", a.Groups)
	e.End()
}

func (e *encoder) grants(name string, to map[string][]string) {
	if len(to) == 0 {
		return
	}
	e.Key(name).Obj()
	for _, id := range slices.SortedFunc(maps.Keys(to), compareIDs) {
		e.Key(id)
		e.words(to[id])
	}
	e.End()
}

func compareIDs(a, b string) int { return int(parseID(a) - parseID(b)) }

const msgNotACL = "Not a valid acl."

// readACL reads the member "acl", of whose words only those are known.
func readACL(in wire.Value, known []string, p *problems) *acl {
	v, ok := in.Get("acl")
	if !ok {
		return nil
	}
	if text, isText := v.Str(); isText {
		v, _ = schema.ParseJSON([]byte(text), wire.Limits{})
	}
	a, ok := &acl{}, v.Kind() == wire.KindObject
	for _, m := range v.Members() {
		switch m.Name {
		case "*":
			a.All, ok = readWords(m.Value, known, ok)
		case "users":
			a.Users, ok = readGrants(m.Value, known, ok)
		case "groups":
			a.Groups, ok = readGrants(m.Value, known, ok)
		default:
			ok = false
		}
	}
	if !ok {
		p.add("acl", msgNotACL)
	}
	return a
}

func readGrants(v wire.Value, known []string, ok bool) (map[string][]string, bool) {
	grants := map[string][]string{}
	ok = ok && v.Kind() == wire.KindObject
	for _, m := range v.Members() {
		id, err := strconv.ParseInt(m.Name, 10, 64)
		ok = ok && err == nil && id > 0
		grants[decimal(id)], ok = readWords(m.Value, known, ok)
	}
	return grants, ok
}

func readWords(v wire.Value, known []string, ok bool) ([]string, bool) {
	words := []string{}
	ok = ok && v.Kind() == wire.KindArray
	for _, item := range v.Items() {
		word, isText := item.Str()
		ok = ok && isText && slices.Contains(known, word)
		words = append(words, word)
	}
	return words, ok
}
