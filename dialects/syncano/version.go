package syncano

// version is one of the API's versions, told apart by the first part of the path.
type version struct {
	root string // "/v1.1/"
	v2   bool   // speaks section 16's shapes
}

func versions() []*version {
	return []*version{
		{root: "/v1/"},
		{root: "/v1.1/"},
		{root: "/v2/", v2: true},
	}
}
