package syncano

import "strings"

// version is one of the API's versions, told apart by the first part of the path.
type version struct {
	root string // "/v1.1/"
	v2   bool   // speaks section 16's shapes
}

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
	}
}

// isVersion reports whether a path begins with the name of a version, such as "v1.1" or "v9".
func isVersion(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	number, ok := strings.CutPrefix(first, "v")
	return ok && number != "" && strings.Trim(number, "0123456789.") == "" && number[0] != '.'
}
