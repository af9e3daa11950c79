package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// userFields is what can be sent of a user.
func userFields() []optionField {
	return []optionField{
		{name: "username", kind: "string", label: "Username", required: true, maxLength: 64},
		{name: "password", kind: "string", label: "Password", required: true, maxLength: 128},
		{name: "profile", kind: "nested object", label: "Profile"},
	}
}

func userEndpoints() []*endpoint {
	fields := userFields()
	return []*endpoint{
		{path: "instances/:instance/users/", title: "User List", scope: instanceScope, only: onlyV1, verbs: []verb{
			{method: http.MethodGet, op: "users.list", may: mayReadUsers, read: listUsers},
			{method: http.MethodPost, op: "users.create", may: mayCreateUsers, act: createUser, fields: fields},
		}},
		{path: "instances/:instance/users/:user/", title: "User Instance", scope: instanceScope, only: onlyV1, verbs: []verb{
			{method: http.MethodGet, op: "users.show", may: mayReadUsers, find: findUser, read: showUser},
			{method: http.MethodPut, op: "users.update", may: mayWriteUsers, find: findUser, act: saveUser, fields: fields},
			{method: http.MethodPatch, op: "users.patch", may: mayWriteUsers, find: findUser, act: saveUser},
			{method: http.MethodDelete, op: "users.delete", may: mayDeleteUsers, find: findUser, act: deleteUser},
		}},
		{path: "instances/:instance/users/:user/reset_key/", title: "User Reset Key", scope: instanceScope, only: onlyV1, verbs: []verb{
			{method: http.MethodPost, op: "users.reset_key", may: mayWriteUsers, find: findUser, act: resetUserKey},
		}},
		{path: "instances/:instance/user/", title: "Own User", scope: instanceScope, only: onlyV1, verbs: []verb{
			{method: http.MethodGet, op: "own.show", may: ownUser, find: findOwnUser, read: showUser},
			{method: http.MethodPut, op: "own.update", may: ownUser, find: findOwnUser, act: saveUser, fields: fields},
			{method: http.MethodPatch, op: "own.patch", may: ownUser, find: findOwnUser, act: saveUser},
		}},
		{path: "instances/:instance/user/auth/", title: "User Auth", scope: instanceScope, only: onlyV1, verbs: []verb{
			{method: http.MethodPost, op: "own.login", may: anyKey, act: login, fields: fields[:2]},
		}},
		{path: "instances/:instance/user/auth/:backend/", title: "User Social Auth", scope: instanceScope, only: onlyV1, verbs: []verb{
			{method: http.MethodPost, op: "own.social_login", may: anyKey, act: userSocialLogin},
		}},
	}
}

// v2UserEndpoints has the users of v2: flat, with the fields of the profile beside
// the name, and with access lists in place of rights.
func v2UserEndpoints() []*endpoint {
	fields := userFields()[:2]
	return []*endpoint{
		{path: "instances/:instance/users/", title: "User List", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.list", may: v2May("list", mayReadUsers), act: listFlatUsers},
			{method: http.MethodPost, op: "users.create", may: v2May("create", mayCreateUsers), act: createUser, fields: fields},
		}},
		{path: "instances/:instance/users/:user/", title: "User Instance", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.show", may: v2May("get", mayReadUsers), find: findFlatUser(rightRead), read: showUser},
			{method: http.MethodPut, op: "users.update", may: v2May("update", mayWriteUsers), find: findFlatUser(rightWrite), act: saveUser, fields: fields},
			{method: http.MethodPatch, op: "users.patch", may: v2May("update", mayWriteUsers), find: findFlatUser(rightWrite), act: saveUser},
			{method: http.MethodDelete, op: "users.delete", may: v2May("delete", mayDeleteUsers), find: findFlatUser(rightFull), act: deleteUser},
		}},
		{path: "instances/:instance/users/:user/reset_key/", title: "User Reset Key", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodPost, op: "users.reset_key", may: v2May("update", mayWriteUsers), find: findFlatUser(rightWrite), act: showingKey(resetUserKey)},
		}},
		{path: "instances/:instance/users/me/", title: "Own User", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "own.show", may: ownUser, find: findOwnUser, read: showingKey(showUser)},
			{method: http.MethodPut, op: "own.update", may: ownUser, find: findOwnUser, act: showingKey(saveUser), fields: fields},
			{method: http.MethodPatch, op: "own.patch", may: ownUser, find: findOwnUser, act: showingKey(saveUser)},
		}},
		{path: "instances/:instance/users/auth/", title: "User Auth", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodPost, op: "own.login", may: anyKey, act: showingKey(login), fields: fields},
		}},
		{path: "instances/:instance/users/auth/:backend/", title: "User Social Auth", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodPost, op: "own.social_login", may: anyKey, act: showingKey(userSocialLogin)},
		}},
		{path: "instances/:instance/users/schema/", title: "User Schema", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.show_schema", may: readers, read: showUserSchema},
			{method: http.MethodPut, op: "users.update_schema", may: writers, act: saveUserSchema},
			{method: http.MethodPatch, op: "users.patch_schema", may: writers, act: saveUserSchema},
		}},
	}
}

// v2May lets accounts do it by v1's rule, and API keys if the endpoint's list does.
func v2May(action string, v1 func(*call) bool) func(*call) bool {
	return func(k *call) bool {
		if k.caller.key == nil {
			return v1(k)
		}
		return k.byVersion(v1(k), k.endpointAllows(aclUsers, action))
	}
}

// findFlatUser finds the person of the path, on whom the caller must have the right.
func findFlatUser(least right) func(*call, *core.Tx) error {
	return func(k *call, tx *core.Tx) (err error) {
		if k.caller.account != nil || k.caller.key.IgnoreACL {
			return findUser(k, tx)
		}
		if !k.byVersion(!restrictedToSelf(k, k.id("user")), true) {
			return errNotFound
		}
		if k.user, err = tx.User(core.ByID(k.instance.Realm, k.id("user"))); err != nil {
			return err
		}
		p, err := loadUserView(k, tx, k.user)
		if err != nil {
			return err
		}
		r, err := k.rights(tx)
		switch have := r.of(&p.profile); {
		case err != nil:
			return err
		case have < rightRead:
			return errNotFound
		case have < least:
			return errForbidden
		}
		return nil
	}
}

// showingKey makes the answer show the user key, which v2 does not show always.
func showingKey(write handler) handler {
	return func(k *call) (reply, error) {
		k.showKey = true
		return write(k)
	}
}
