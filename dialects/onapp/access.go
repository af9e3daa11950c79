package onapp

// access is the right that an action needs: over all users, or the lesser one over the caller's own
// account.
type access struct{ all, own right }

// needs is a right without a lesser form.
func needs(identifier string) access {
	r := mustRight(identifier)
	return access{r, r}
}

// needsOrOwn is a right with an ".own" form.
func needsOrOwn(identifier string) access {
	return access{mustRight(identifier), mustRight(identifier + ".own")}
}

// The rights that the actions need. They never change.
var (
	mayReadUsers       = needsOrOwn("users.read")
	mayCreateUsers     = needs("users.create")
	mayUpdateUsers     = needsOrOwn("users.update")
	mayDeleteUsers     = needsOrOwn("users.delete")
	maySuspendUsers    = needs("users.suspend")
	mayUnlockUsers     = needs("users.unlock")
	mayChangePassword  = needsOrOwn("users.change_password")
	mayMakeKeys        = needsOrOwn("users.update_api_key")
	mayUpdateYubiKeys  = needsOrOwn("users.update_yubikey")
	mayReadRoles       = needsOrOwn("roles.read")
	mayCreateRoles     = needs("roles.create")
	mayUpdateRoles     = needs("roles.update")
	mayDeleteRoles     = needs("roles.delete")
	mayReadPermissions = needs("permissions.read")
	mayReadGroups      = needs("user_groups.read")
	mayListGroups      = needs("user_groups.list")
	mayCreateGroups    = needs("user_groups.create")
	mayUpdateGroups    = needs("user_groups.update")
	mayDeleteGroups    = needs("user_groups.delete")
	mayReadBuckets     = needsOrOwn("billing_plans.read")
	mayListBuckets     = needs("billing_plans.list")
	mayCreateBuckets   = needs("billing_plans.create")
	mayUpdateBuckets   = needs("billing_plans.update")
	mayDeleteBuckets   = needs("billing_plans.delete")
	mayReadPayments    = needsOrOwn("payments.read")
	mayCreatePayments  = needs("payments.create")
	mayUpdatePayments  = needs("payments.update")
	mayDeletePayments  = needs("payments.delete")
	mayReadSettings    = needs("settings.read")
	mayReadLimits      = needsOrOwn("resource_limits.read")
	mayUpdateLimits    = needs("resource_limits")
	mayUpdateSettings  = needs("settings.update")
)

// mayAll reports whether the caller may do it to every user.
func (c *caller) mayAll(a access) bool { return c.rights.has(a.all) }

// maySome reports whether the caller may do it at all, if only to its own account.
func (c *caller) maySome(a access) bool { return c.rights.has(a.all) || c.rights.has(a.own) }

// may reports whether the caller may do it to this user.
func (c *caller) may(a access, user int64) bool {
	return c.rights.has(a.all) || c.user.ID == user && c.rights.has(a.own)
}
