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

// rulesInForce returns whose rules count where the versions differ, in the rules
// below and for objects. Under /v1/ and /v1.1/ those of v1 do. Under /v2/ those of
// v2 do, and unless the instance was made for v2 those of v1 too: it never grants
// there more than v1.1 grants the same caller, so that the newer path is not a way
// around its rights.
func (c *call) rulesInForce() (v1, v2 bool) {
	return !c.v.v2 || c.instance.Version != versionTwo, c.v.v2
}

// byVersion reports whether those rules that are in force allow it.
func (c *call) byVersion(v1, v2 bool) bool {
	needsV1, needsV2 := c.rulesInForce()
	return (v1 || !needsV1) && (v2 || !needsV2)
}

func anyone(*call) bool { return true }

// anyKey allows every caller with a valid key, whatever it may do elsewhere.
func anyKey(c *call) bool { return c.caller.account != nil || c.caller.key != nil }

func anyAccount(c *call) bool { return c.caller.account != nil }

// ownUser allows the user of a user key, on the paths of the caller's own user.
func ownUser(c *call) bool { return c.caller.user != nil }

func readers(c *call) bool { return c.caller.role >= readRole }

func writers(c *call) bool { return c.caller.role >= writeRole }

func managers(c *call) bool { return c.caller.role >= fullRole }

// members allows accounts that may read, and API keys whatever their flags.
func members(c *call) bool { return readers(c) || c.caller.key != nil }

func mayReadUsers(c *call) bool { return readers(c) || c.mayActOnUsers() }

func mayWriteUsers(c *call) bool { return writers(c) || c.mayActOnUsers() }

// mayActOnUsers: the key ignores rights, or brings a person, who then sees only
// himself: see narrowed.
func (c *call) mayActOnUsers() bool {
	return c.caller.key != nil && (c.caller.key.IgnoreACL || c.caller.user != nil)
}

func mayCreateUsers(c *call) bool {
	return writers(c) || c.caller.key != nil && (c.caller.key.IgnoreACL || c.caller.key.AllowUserCreate)
}

func mayDeleteUsers(c *call) bool {
	return writers(c) || c.caller.key != nil && c.caller.key.IgnoreACL
}

// narrowed reports whether the caller may not see the user with that id. A user
// key narrows to its own person, even beside a key that ignores rights.
func restrictedToSelf(c *call, id int64) bool { return c.caller.user != nil && c.caller.user.ID != id }

// Groups are open to every API key for reading, in v2 if the endpoint's list
// says so. An account key writes, and in v2 a key that ignores rights: a list
// alone is not enough there, since groups have none of their own.
func mayListGroups(c *call) bool {
	return readers(c) || c.caller.key != nil && c.byVersion(true, c.endpointAllows(aclGroups, "list"))
}

func mayShowGroups(c *call) bool {
	return readers(c) || c.caller.key != nil && c.byVersion(true, c.endpointAllows(aclGroups, "get"))
}

func mayCreateGroups(c *call) bool {
	return writers(c) || c.caller.key != nil && c.byVersion(c.caller.key.AllowGroupCreate, c.caller.key.IgnoreACL)
}

func mayUpdateGroups(c *call) bool {
	return writers(c) || c.caller.key != nil && c.byVersion(false, c.caller.key.IgnoreACL)
}

func mayDeleteGroups(c *call) bool {
	return writers(c) || c.caller.key != nil && c.byVersion(false, c.caller.key.IgnoreACL)
}

// mayReadUserGroups: an API key only with the user key of that very person.
func mayReadUserGroups(c *call) bool {
	return readers(c) || c.caller.user != nil && c.caller.user.ID == c.user.ID
}

func mayWriteUserGroups(c *call) bool { return writers(c) }

func mayReadGroupUsers(c *call) bool {
	return readers(c) || c.caller.user != nil || c.caller.key != nil && c.byVersion(false, c.caller.key.IgnoreACL)
}

func mayWriteGroupUsers(c *call) bool {
	return writers(c) || c.caller.key != nil && c.byVersion(false, c.caller.key.IgnoreACL)
}
