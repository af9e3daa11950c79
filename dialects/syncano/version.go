package syncano

// version is one of the API's versions, told apart by the first part of the path.
type version struct {
	root string // "/v1.1/"
	v2   bool   // speaks section 16's shapes
	// backups tells whether instances link to what only v1.1 has.
	v11 bool
}

func versions() []*version {
	return []*version{
		{root: "/v1/"},
		{root: "/v1.1/", v11: true},
		{root: "/v2/", v2: true, v11: true},
	}
}
