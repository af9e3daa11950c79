package syncano

import (
	"net/http"
	"slices"
	"strings"
)

// version is one of the API's versions, told apart by the first part of the path.
type version struct {
	root string // "/v1.1/"
	v2   bool   // speaks section 16's shapes
	// lists has only lists and details, in v2's shapes, for clients that write through
	// v2; what they show links to v2.
	lists bool
}

// linkRoot is where the links in answers begin.
func (v *version) linkRoot() string {
	if v.lists {
		return "/v2/"
	}
	return v.root
}

// serves reports whether the version has the path.
func (v *version) serves(ep *endpoint) bool {
	if ep.only != nil && !ep.only(v) {
		return false
	}
	if !v.lists {
		return true
	}
	if ep.path == "instances/" || ep.path == "instances/:instance/" {
		return true
	}
	switch strings.TrimPrefix(ep.path, "instances/:instance/") {
	case "users/", "users/:user/", "users/me/", "users/schema/", "groups/", "groups/:group/",
		"classes/:class/objects/", "classes/:class/objects/:object/":
		return true
	}
	return false
}

// of is the endpoint as the version has it: in v3 all writes are refused.
func (v *version) of(ep *endpoint) *endpoint {
	if !v.lists {
		return ep
	}
	readable := *ep
	readable.verbs = slices.Clone(ep.verbs)
	for i := range readable.verbs {
		if one := &readable.verbs[i]; one.method != http.MethodGet {
			one.may = noOne
		}
	}
	return &readable
}

func noOne(*call) bool { return false }

// versionTwo is the version of an instance that was made for v2.
const versionTwo = "v2"

// ofInstances is the version of the instances that are made through v.
func (v *version) ofInstances() string {
	if v.v2 {
		return versionTwo
	}
	return ""
}

func versions() []*version {
	return []*version{
		{root: "/v1/"},
		{root: "/v1.1/"},
		{root: "/v2/", v2: true},
		{root: "/v3/", v2: true, lists: true},
	}
}

// isVersion reports whether a path begins with the name of a version, such as "v1.1" or "v9".
func isVersion(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	number, ok := strings.CutPrefix(first, "v")
	return ok && number != "" && strings.Trim(number, "0123456789.") == "" && number[0] != '.'
}
