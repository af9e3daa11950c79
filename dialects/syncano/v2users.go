package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// Users as v2 has them: flat, with the profile's fields beside the name, and
// lists of who may do what in place of rights.

func v2UserEndpoints() []*endpoint {
	fields := userFields()[:2]
	return []*endpoint{
		{path: "instances/:instance/users/", title: "User List", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.list", may: v2May("list", readRole), act: listFlatUsers},
			{method: http.MethodPost, op: "users.create", may: v2May("create", writeRole), act: createUser, fields: fields},
		}},
		{path: "instances/:instance/users/:user/", title: "User Instance", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.show", may: v2May("get", readRole), find: findFlatUser(rightRead), read: showUser},
			{method: http.MethodPut, op: "users.update", may: v2May("update", writeRole), find: findFlatUser(rightWrite), act: saveUser, fields: fields},
			{method: http.MethodPatch, op: "users.patch", may: v2May("update", writeRole), find: findFlatUser(rightWrite), act: saveUser},
			{method: http.MethodDelete, op: "users.delete", may: v2May("delete", writeRole), find: findFlatUser(rightFull), act: deleteUser},
		}},
		{path: "instances/:instance/users/:user/reset_key/", title: "User Reset Key", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodPost, op: "users.reset_key", may: v2May("update", writeRole), find: findFlatUser(rightWrite), act: showingKey(resetUserKey)},
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
			{method: http.MethodPost, op: "own.social_login", may: anyKey, act: userSocialLogin},
		}},
		{path: "instances/:instance/users/schema/", title: "User Schema", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.show_schema", may: readers, read: showUserSchema},
			{method: http.MethodPut, op: "users.update_schema", may: writers, act: saveUserSchema},
			{method: http.MethodPatch, op: "users.patch_schema", may: writers, act: saveUserSchema},
		}},
	}
}

// v2May lets accounts with the role do it, and API keys if the endpoint's list does.
func v2May(action string, least role) func(*call) bool {
	return func(k *call) bool { return k.who.role >= least || k.endpointAllows(aclUsers, action) }
}

// findFlatUser finds the person of the path, on whom the caller must have the right.
func findFlatUser(least right) func(*call, *core.Tx) error {
	return func(k *call, tx *core.Tx) (err error) {
		if k.who.account != nil || k.who.key.IgnoreACL {
			return findUser(k, tx)
		}
		if k.user, err = tx.User(core.ByID(k.instance.Realm, k.id("user"))); err != nil {
			return err
		}
		p, err := k.loadUserView(tx, k.user)
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
