package syncano

// Rules of who may do what, one for each row of the vendor's table of API key
// flags. "Accounts" are callers with an account key and a role in the instance.

// role is what an account may do in an instance.
type role uint8

const (
	noRole role = iota
	readRole
	writeRole
	fullRole
	ownerRole
)

func (r role) word() string {
	switch r {
	case readRole:
		return "read"
	case writeRole:
		return "write"
	case noRole:
		return "api_key"
	}
	return "full"
}

func anybody(*call) bool { return true }

// anyKey allows every caller with a valid key, whatever it may do elsewhere.
func anyKey(k *call) bool { return k.who.account != nil || k.who.key != nil }

func anyAccount(k *call) bool { return k.who.account != nil }

// ownUser allows the person of a user key, on the paths that speak of oneself.
func ownUser(k *call) bool { return k.who.user != nil }

func readers(k *call) bool { return k.who.role >= readRole }

func writers(k *call) bool { return k.who.role >= writeRole }

func managers(k *call) bool { return k.who.role >= fullRole }

// members allows accounts that may read, and API keys whatever their flags.
func members(k *call) bool { return readers(k) || k.who.key != nil }

func mayReadUsers(k *call) bool { return readers(k) || k.opensUsers() }

func mayWriteUsers(k *call) bool { return writers(k) || k.opensUsers() }

// opensUsers: the key ignores rights, or brings a person, who then sees only
// himself: see narrowed.
func (k *call) opensUsers() bool {
	return k.who.key != nil && (k.who.key.IgnoreACL || k.who.user != nil)
}

func mayCreateUsers(k *call) bool {
	return writers(k) || k.who.key != nil && (k.who.key.IgnoreACL || k.who.key.AllowUserCreate)
}

func mayDeleteUsers(k *call) bool {
	return writers(k) || k.who.key != nil && k.who.key.IgnoreACL
}

// narrowed tells whether the caller may not see the user with that id. A user
// key narrows to its own person, even beside a key that ignores rights.
func (k *call) narrowed(id int64) bool { return k.who.user != nil && k.who.user.ID != id }

// Groups are open to every API key for reading, in v2 if the endpoint's list
// says so. An account key writes, and in v2 a key that ignores rights: a list
// alone is not enough there, since groups have none of their own.
func mayListGroups(k *call) bool {
	return readers(k) || k.who.key != nil && (!k.v.v2 || k.endpointAllows(aclGroups, "list"))
}

func mayShowGroups(k *call) bool {
	return readers(k) || k.who.key != nil && (!k.v.v2 || k.endpointAllows(aclGroups, "get"))
}

func mayCreateGroups(k *call) bool {
	return writers(k) || k.who.key != nil && (!k.v.v2 && k.who.key.AllowGroupCreate || k.v.v2 && k.who.key.IgnoreACL)
}

func mayUpdateGroups(k *call) bool {
	return writers(k) || k.v.v2 && k.who.key != nil && k.who.key.IgnoreACL
}

func mayDeleteGroups(k *call) bool {
	return writers(k) || k.v.v2 && k.who.key != nil && k.who.key.IgnoreACL
}

// mayReadUserGroups: an API key only with the user key of that very person.
func mayReadUserGroups(k *call) bool {
	return readers(k) || k.who.user != nil && k.who.user.ID == k.user.ID
}

func mayWriteUserGroups(k *call) bool { return writers(k) }

func mayReadGroupUsers(k *call) bool {
	return readers(k) || k.who.user != nil || k.v.v2 && k.who.key != nil && k.who.key.IgnoreACL
}

func mayWriteGroupUsers(k *call) bool {
	return writers(k) || k.v.v2 && k.who.key != nil && k.who.key.IgnoreACL
}
