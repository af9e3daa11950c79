package main

import (
	"fmt"
	"regexp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
)

// attempts are the requests that the intruders choose from.
var attempts = []string{
	`POST {syncano}users/ {"username":"{new}","password":"{password}","profile":{"other_permissions":"write"}}`,
	`PATCH {syncano}users/{user}/ {"password":"{password}"}`,
	`PATCH {syncano}users/{user}/ {"username":"{new}"}`,
	`PUT {syncano}users/{user}/ {"username":"{name}","password":"{password}"}`,
	`POST {syncano}users/{user}/reset_key/ {}`,
	`DELETE {syncano}users/{user}/ `,
	`GET {syncano}users/ `,
	`GET {syncano}users/{user}/ `,
	`PATCH /v1.1/instances/main/user/ {"password":"{password}"}`,
	`PATCH /v1.1/instances/main/user/ {"username":"{new}"}`,
	`PATCH /v2/instances/main/users/me/ {"password":"{password}"}`,
	`POST /v1.1/instances/main/user/auth/ {"username":"{name}","password":"{password}"}`,
	`POST /v2/instances/main/users/auth/ {"username":"{name}","password":"{password}"}`,
	`PATCH {syncano}classes/user_profile/objects/{user}/ {"other_permissions":"full","group_permissions":"full","group":1}`,
	`POST {syncano}groups/ {"label":"{new}"}`,
	`POST {syncano}groups/1/users/ {"user":{user}}`,
	`POST {syncano}users/{user}/groups/ {"group":1}`,
	`POST {syncano}api_keys/ {"ignore_acl":true,"allow_user_create":true}`,
	`PATCH {syncano}api_keys/{key}/ {"ignore_acl":true,"allow_user_create":true,"allow_group_create":true}`,
	`POST {syncano}api_keys/{key}/reset_key/ {}`,
	`DELETE {syncano}api_keys/{key}/ `,
	`PUT /v2/instances/main/users/acl/ {"acl":{"*":["get","list","create","update","delete"]}}`,
	`PATCH {syncano} {"metadata":{"a":1}}`,
	`DELETE {syncano} `,
	`POST /v1.1/instances/ {"name":"{new}"}`,
	`POST /v1.1/instances/main/batch/ {"requests":[{"method":"PATCH","path":"/v1.1/instances/main/users/{user}/","body":{"password":"{password}"}},` +
		`{"method":"DELETE","path":"/v1.1/instances/main/users/{user}/"},{"method":"PATCH","path":"/v2/instances/main/users/{user}/","body":{"password":"{password}"}}]}`,

	`POST /users.json {"user":{"login":"{new}","email":"{new}@example.com","password":"{password}","role_ids":[{role}]}}`,
	`POST /users.json {"user":{"login":"{new}","email":"{new}@example.com","password":"{password}"}}`,
	`POST /users.xml <user><login>{new}</login><email>{new}@example.com</email><password>{password}</password><role_ids type="array"><role_id>{role}</role_id></role_ids></user>`,
	`PUT /users/{user}.json {"user":{"password":"{password}"}}`,
	`PUT /users/{user}.json {"user":{"role_ids":[{role}]}}`,
	`PUT /users/{user}.xml <user><role_ids type="array"><role_id>{role}</role_id></role_ids></user>`,
	`PUT /users/{user}.json {"user":{"email":"{new}@example.com","suspend_at":"2020-01-01 00:00:00"}}`,
	`PUT /profile.json {"user":{"password":"{password}","role_ids":[{role}],"email":"{new}@example.com"}}`,
	`DELETE /users/{user}.json `,
	`DELETE /users/{user}.json?force=1 `,
	`DELETE /users/drop_all.json `,
	`GET /users/{user}/suspend.json `,
	`POST /users/{user}/activate.json `,
	`POST /users/{user}/unlock_account.json `,
	`POST /users/{user}/make_new_api_key.json `,
	`POST /users/{user}/user_api_keys/generate.json `,
	`POST /users/{user}/user_white_lists.json {"user_white_list":{"ip":"10.9.9.9"}}`,
	`POST /roles.json {"role":{"label":"{new}","permission_ids":[{permission},{permission}]}}`,
	`PUT /roles/{role}.json {"role":{"permission_ids":[1,{permission},{permission}]}}`,
	`PUT /roles/{role}.json {"role":{"permission_ids":[{permission},{permission}]}}`,
	`POST /roles/{role}/clone.json {"role":{"label":"{new}"}}`,
	`DELETE /roles/{role}.json `,

	`POST /api/users/user {"email":"{new}@example.com","username":"{new}","password":"{password}","applications":["{base}"]}`,
	`PUT /api/users/user/{uid} {"password":"{password}"}`,
	`PUT /api/users/user/{uid} {"email":"{new}@example.com","status":"DISABLED"}`,
	`PUT /api/users/user/{uid} {"applications":["{base}"]}`,
	`POST /api/users/user/{uid}/application/{base} `,
	`DELETE /api/users/user/{uid}/application/{base} `,
	`POST /api/users/user/{uid}/apikey {"name":"mine"}`,
	`DELETE /api/users/user/{uid} `,
	`PUT /api/applications/application/{base} {"status":"DISABLED"}`,
	`DELETE /api/applications/application/{base} `,
	`POST /api/applications/application {"name":"{new}"}`,
	`POST /api/authenticate {"type":"username","application":"{base}","credential":{"username":"{name}","password":"{password}"}}`,

	`POST /scim/v2/Users {"userName":"{new}","password":"{password}","emails":[{"value":"{new}@example.com"}]}`,
	`PUT /scim/v2/Users/{uid} {"userName":"{name}","password":"{password}"}`,
	`PUT /scim/v2/Users/{uid} {"userName":"{new}","active":false}`,
	`PATCH /scim/v2/Users/{uid} {"Operations":[{"op":"replace","path":"password","value":"{password}"}]}`,
	`PATCH /scim/v2/Users/{uid} {"Operations":[{"op":"Replace","value":{"active":false,"emails":[{"value":"{new}@example.com"}]}}]}`,
	`PATCH /scim/v2/Users/{uid} {"Operations":[{"op":"add","path":"userName","value":"{new}"},{"op":"replace","path":"title","value":"x"}]}`,
	`DELETE /scim/v2/Users/{uid} `,
	`GET /scim/v2/Users?filter=userName%20eq%20%22{name}%22 `,
	`GET /scim/v2/Groups `,
	`POST /scim/v2/Groups {"displayName":"{new}","members":[{"value":"{uid}"}]}`,
	`PATCH /scim/v2/Groups/{group} {"Operations":[{"op":"add","path":"members","value":[{"value":"{uid}"}]}]}`,
	`PATCH /scim/v2/Groups/{group} {"Operations":[{"op":"remove","path":"members"}]}`,
	`PUT /scim/v2/Groups/{group} {"displayName":"{new}","members":[{"value":"{uid}"}]}`,
	`DELETE /scim/v2/Groups/{group} `,
	`POST /scim/v2/Bulk {"Operations":[{"method":"PATCH","path":"/Users/{uid}","data":{"Operations":[{"op":"replace","path":"password","value":"{password}"}]}},` +
		`{"method":"PATCH","path":"/Groups/{group}","data":{"Operations":[{"op":"add","path":"members","value":[{"value":"{uid}"}]}]}},{"method":"DELETE","path":"/Users/{uid}"}]}`,
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// fill replaces the placeholders of an attempt at random.
func (w *intruders) fill(attempt string) string {
	target := w.target()
	return placeholder.ReplaceAllStringFunc(attempt, func(name string) string {
		switch name {
		case "{syncano}":
			return []string{"/v1/", "/v1.1/", "/v2/"}[w.random.IntN(3)] + "instances/main/"
		case "{password}":
			return intrudersPassword
		case "{new}":
			w.made++
			return fmt.Sprintf("made-%d", w.made)
		case "{user}":
			return fmt.Sprint(target.ID)
		case "{uid}":
			return target.UID
		case "{name}":
			return target.Username
		case "{group}":
			return w.group()
		case "{role}":
			return fmt.Sprint(1 + w.random.IntN(6))
		case "{permission}":
			return fmt.Sprint(1 + w.random.IntN(61))
		case "{key}":
			return fmt.Sprint(1 + w.random.IntN(5))
		case "{base}":
			return econtext.DefaultApplicationID
		}
		return name
	})
}

// group is the UID of a random group of any dialect.
func (w *intruders) group() string {
	var groups []*core.Group
	err := w.dir.View(w.t.Context(), func(tx *core.Tx) error {
		for _, kind := range []string{"scim.group", "syncano.group", "onapp.role", "onapp.user_group", "econtext.application", "econtext.group"} {
			list, err := tx.Groups(core.GroupQuery{Realm: core.MainRealm, Kind: kind})
			if err != nil {
				return err
			}
			groups = append(groups, list...)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return groups[w.random.IntN(len(groups))].UID
}

// target is a random user.
func (w *intruders) target() *core.User {
	users := w.users()
	return users[w.random.IntN(len(users))]
}

func (w *intruders) named(username string) *core.User {
	for _, u := range w.users() {
		if u.Username == username {
			return u
		}
	}
	w.t.Fatalf("no user %q", username)
	return nil
}

// users are all users of the main realm, those marked as deleted included.
func (w *intruders) users() (users []*core.User) {
	w.t.Helper()
	err := w.dir.View(w.t.Context(), func(tx *core.Tx) (err error) {
		users, err = tx.Users(core.UserQuery{Realm: core.MainRealm, Deleted: true})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return users
}
