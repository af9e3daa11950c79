package onapp

// access is what a caller needs: the right over anybody, or the lesser one over what is the caller's own.
type access struct{ any, own right }

// needs is a right that has no lesser form.
func needs(identifier string) access {
	r := mustRight(identifier)
	return access{r, r}
}

// needsOrOwn is a right that has an ".own" form.
func needsOrOwn(identifier string) access {
	return access{mustRight(identifier), mustRight(identifier + ".own")}
}

// What the actions need. They never change.
var (
	mayReadUsers      = needsOrOwn("users.read")
	mayCreateUsers    = needs("users.create")
	mayUpdateUsers    = needsOrOwn("users.update")
	mayDeleteUsers    = needsOrOwn("users.delete")
	maySuspendUsers   = needs("users.suspend")
	mayUnlockUsers    = needs("users.unlock")
	mayChangePassword = needsOrOwn("users.change_password")
	mayMakeKeys       = needsOrOwn("users.update_api_key")
	mayUpdateYubikeys = needsOrOwn("users.update_yubikey")
	mayReadRoles      = needsOrOwn("roles.read")
	mayCreateRoles    = needs("roles.create")
	mayUpdateRoles    = needs("roles.update")
	mayDeleteRoles    = needs("roles.delete")
	mayReadPermission = needs("permissions.read")
	mayReadGroups     = needs("user_groups.read")
	mayListGroups     = needs("user_groups.list")
	mayCreateGroups   = needs("user_groups.create")
	mayUpdateGroups   = needs("user_groups.update")
	mayDeleteGroups   = needs("user_groups.delete")
	mayReadPlans      = needsOrOwn("billing_plans.read")
	mayListPlans      = needs("billing_plans.list")
	mayCreatePlans    = needs("billing_plans.create")
	mayUpdatePlans    = needs("billing_plans.update")
	mayDeletePlans    = needs("billing_plans.delete")
	mayReadPayments   = needsOrOwn("payments.read")
	mayCreatePayments = needs("payments.create")
	mayUpdatePayments = needs("payments.update")
	mayDeletePayments = needs("payments.delete")
	mayReadSettings   = needs("settings.read")
	mayReadLimits     = needsOrOwn("resource_limits.read")
	mayUpdateSettings = needs("settings.update")
)

// all tells whether the caller may do it to anybody.
func (c *caller) all(a access) bool { return c.rights.has(a.any) }

// some tells whether the caller may do it at all, if only to its own account.
func (c *caller) some(a access) bool { return c.rights.has(a.any) || c.rights.has(a.own) }

// may tells whether the caller may do it to this user.
func (c *caller) may(a access, user int64) bool {
	return c.rights.has(a.any) || c.user.ID == user && c.rights.has(a.own)
}
