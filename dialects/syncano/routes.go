package syncano

import "net/http"

// endpoints is the whole URL space, but for files.
func endpoints() []*endpoint {
	all := [][]*endpoint{userEndpoints(), groupEndpoints(), membershipEndpoints(), accountEndpoints(), instanceEndpoints(), apiKeyEndpoints(),
		classEndpoints(), objectEndpoints(), batchEndpoints(), linkPageEndpoints(), v2UserEndpoints(), aclEndpoints()}
	var list []*endpoint
	for _, some := range all {
		list = append(list, some...)
	}
	return list
}

func onlyV1(v *version) bool { return !v.v2 }

func onlyV2(v *version) bool { return v.v2 }

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
