package econtext

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

func TestProfileV2(t *testing.T) {
	s := spec(ProfileV2)
	s.Files = "../../testdata/econtext-v2"
	s.Presence = presenceV2()
	s.Takeovers = append(s.Takeovers, dialecttest.Case{
		Name: dialecttest.TakeName + ", the user name", Request: "PUT /api/users/user/{id}\n{auth}\n\n" + `{"username": "mine"}`, Status: 403,
	})
	s.Cannot["life/a taken name"] = "the later server answers a taken name with 500"
	dialecttest.Run(t, s)
}

// The later server knows no UNVERIFIED, which behaves as ENABLED.
func TestUnverifiedIsEnabledInV2(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.result("PUT", "/api/users/user/weak-uid", `{"status": "UNVERIFIED"}`, nil)
	later := &world{Dialect: newDialect(w.dir, ProfileV2), t: t}
	if have := showsStatus(later.show()); have != `"ENABLED"` {
		t.Errorf("the status is %s", have)
	}
}

// presenceV2 is what an update does with each field that the profile v2 writes.
func presenceV2() []dialecttest.Row {
	row := func(field, sample, look string, null, empty dialecttest.Effect) dialecttest.Row {
		return dialecttest.Row{
			Write: "PUT /api/users/user/{id}\n{auth}\n\n{body}", Verb: "PUT", Field: field, Sample: sample,
			Look: look, Absent: dialecttest.Kept(), Null: null, Empty: empty,
		}
	}
	kept, refused, shown := dialecttest.Kept, dialecttest.Refused, dialecttest.Shown
	const user = "raw:econtext.result.user."
	password := row("password", `"changed-it"`, "json:econtext.result.authenticated", refused(500), refused(500))
	password.Probe = "POST /api/authenticate\n{auth}\n\n" + `{"type": "username", "application": "{base}", ` +
		`"credential": {"username": "carol", "password": "changed-it"}}`
	groups := row("groups", `["staff"]`, user+"groups.0.id", kept(), kept())
	groups.Base = []dialecttest.FieldValue{{Name: "applications", Value: `["spare"]`}}
	return []dialecttest.Row{
		row("email", `"C@example.com"`, user+"email", refused(500), kept()),
		row("username", `"caroline"`, user+"username", kept(), kept()),
		password,
		row("name", `"Carola"`, user+"name", shown("null"), shown(`""`)),
		row("custom_data", `{"a": 1}`, user+"data", kept(), kept()),
		row("status", `"DISABLED"`, user+"status", refused(500), refused(500)),
		row("applications", `["spare"]`, user+"applications.1.id", kept(), kept()),
		groups,
	}
}
