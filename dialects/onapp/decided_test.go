package onapp

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// furtherTakeovers are the writes about a user that the two formats need not both have.
func furtherTakeovers() (all []dialecttest.Case) {
	ask := func(name, prepare, line, body string) {
		request := jsonRequest(line, body)
		if path, header, ok := strings.Cut(line, " as "); ok {
			request = dialecttest.Script(path + "\n" + header)
		}
		all = append(all, dialecttest.Case{Name: name, Prepare: dialecttest.Script(prepare), Request: request, Status: 403})
	}
	ask("status, back again", "POST /users/{id}/suspend.json\n{auth}", "POST /users/{id}/activate.json", "")
	ask("further API key", "", "POST /users/{id}/user_api_keys/generate.json as {key}", "")
	for _, r := range []struct{ name, noun, body, other string }{
		{"SSH key", "ssh_key", `{"key":"ssh-rsa AAAA"}`, `{"key":"ssh-rsa BBBB"}`},
		{"white list", "user_white_list", `{"ip":"10.0.0.1"}`, `{"ip":"10.0.0.2"}`},
		{"YubiKey", "yubi_key", `{"otp":"cccccccccccc"}`, ""},
	} {
		list := "/users/{id}/" + r.noun + "s"
		add := "POST " + list + ".json"
		prepare := string(jsonRequest(add, r.body))
		ask(r.name, "", add, r.body)
		ask(r.name+" removed", prepare, "DELETE "+list+"/1.json", "")
		if r.other != "" {
			ask(r.name+" changed", prepare, "PUT "+list+"/1.json", r.other)
		}
	}
	key := string(jsonRequest("POST /users/{id}/ssh_keys.json", `{"key":"ssh-rsa AAAA"}`))
	ask("SSH key changed by its own path", key, "PUT /settings/ssh_keys/1.json", `{"key":"ssh-rsa BBBB"}`)
	ask("SSH key removed by its own path", key, "DELETE /settings/ssh_keys/1.json", "")
	ask("limits", "", "PUT /users/{id}/resource_limit.json", `{"cpus":0}`)
	return all
}

func jsonRequest(line, body string) dialecttest.Script {
	return dialecttest.Script(line + "\n{auth}\n" + typeJSON + "\n" + body)
}

// furtherGrants are requests by a clerk who may do everything with roles but lacks their rights.
func furtherGrants() []dialecttest.Grant {
	prepare := jsonRequest("POST /roles.json", `{"label":"Clerks","permission_ids":[28]}`) + "\n====\n" +
		jsonRequest("POST /roles.json", `{"label":"Bosses","permission_ids":[1]}`) + "\n====\n" +
		jsonRequest("POST /users.json", `{"login":"clerk","email":"clerk@example.org","password":"s3cret-pw","role_ids":[3]}`)
	grant := func(name string, request dialecttest.Script) dialecttest.Grant {
		return dialecttest.Grant{
			Name: name, Prepare: prepare, By: "Authorization: " + dialecttest.Basic("clerk", "s3cret-pw"), Status: 403, Request: request,
		}
	}
	return []dialecttest.Grant{
		grant("copy of a role", jsonRequest("POST /roles/4/clone.json", "")),
		grant("removal of a role", "DELETE /roles/4.json\n{auth}"),
	}
}

// harmless are the operations that the core need not decide.
func harmless() map[string]string {
	return dialecttest.Merge(
		dialecttest.Reads(
			"users.list", "users.show", "users.validate_login", "profile.show", "roles.list", "roles.show", "permissions.list",
			"user_groups.list", "user_groups.show", "user_groups.users", "user_groups.reports",
			"organizations.list", "organizations.show", "organizations.users",
			"white_lists.list", "white_lists.show", "yubi_keys.list", "yubi_keys.show", "ssh_keys.list", "ssh_keys.show",
			"payments.list", "payments.show", "additional_fields.list", "additional_fields.show",
			"buckets.list", "buckets.show", "buckets.access_controls", "buckets.rate_cards",
			"resource_limits.show", "statistics.limits", "statistics.show", "statistics.vm_stats", "statistics.monthly_bills",
			"statistics.access_log", "statistics.hv_limits", "resources.list", "panel_resources.list", "settings.show", "settings.locales", "version.show",
		),
		dialecttest.Because("it changes the caller's own account; authority/update-cannot-take-over has what that refuses", "profile.update"),
		dialecttest.Because("it leaves those who hold more; authority/state-of-others", "users.drop_all"),
		dialecttest.Because("it needs a lock; authority/state-of-others and TestAClerkTakesNoLockOfOthersAway", "users.unlock"),
		dialecttest.Because("an amount gives no access and takes none away", "payments.create", "payments.update", "payments.delete"),
		dialecttest.Because("user groups confer nothing: their roles only say which ones to offer", "user_groups.create", "user_groups.update", "user_groups.delete"),
		dialecttest.Because("organizations confer nothing", "organizations.create", "organizations.update", "organizations.delete"),
		dialecttest.Because("prices and limits of all users of a bucket, in which users of power are like others",
			"buckets.create", "buckets.update", "buckets.delete", "buckets.clone",
			"buckets.access_controls.create", "buckets.access_controls.update", "buckets.access_controls.delete",
			"buckets.rate_cards.create", "buckets.rate_cards.update", "buckets.rate_cards.delete"),
		dialecttest.Because("a definition; the users' values stay", "additional_fields.create", "additional_fields.update", "additional_fields.delete"),
	)
}
