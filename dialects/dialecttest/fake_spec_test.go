package dialecttest

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects"
)

const fakePassword = "correct-horse"

// fakeSpec is the spec of a fake that breaks one rule; "" breaks none.
func fakeSpec(broken string) Spec {
	f := &fake{broken: broken}
	return Spec{
		Name:  "fake",
		Setup: setupFake,
		New:   func(dir *core.Directory) dialects.Dialect { return &fake{dir, broken} },
		Form:  fakeForm,
		Words: f.words,
		Files: "testdata/fake",

		Create: "# let id = json:id\n# let key = json:key\nPOST /fake/users\n{auth}\n\n" +
			`{"login": "carol", "password": "` + fakePassword + `", "nick": "Caz"}`,
		Show:     "GET /fake/users/{id}\n{auth}",
		List:     "GET /fake/users\n{auth}",
		Update:   "PUT /fake/users/{id}\n{auth}\n\n" + `{"nick": "Caro"}`,
		Delete:   "DELETE /fake/users/{id}\n{auth}",
		Username: "carol",

		BodyLimit: fakeLimit,
		Refused: []Case{
			{Name: UnknownPath, Request: "GET /fake/nothing\n{auth}", Status: 404},
			{Name: WrongMethod, Request: "PATCH /fake/users\n{auth}", Status: 405},
			{Name: BrokenBody, Request: "POST /fake/users\n{auth}\n\n{\"login\":", Status: 400},
			{Name: BigBody, Request: "POST /fake/users\n{auth}\n\n" + `{"login": "{big}"}`, Status: 413},
			{Name: DeepBody, Request: "POST /fake/users\n{auth}\n\n" + `{"login": {deep}}`, Status: 400},
		},
		Credentials: []Credential{
			{AccessLevel: None, Status: 401},
			{AccessLevel: Wrong, Auth: "X-Key: nobodys-key", Status: 401},
			{AccessLevel: Weak, Auth: "X-Key: {weak}", Status: 403},
			{AccessLevel: OtherRealm, Auth: "X-Key: {elsewhere}", Status: 401},
			{AccessLevel: Right, Auth: "{auth}", Status: 200},
		},
		Presence: []Row{{
			Write: "PUT /fake/users/{id}\n{auth}\n\n{body}", Verb: "PUT", Field: "nick", Sample: `"Cara"`, Look: "raw:nick",
			Base:   []FieldValue{{"login", `"carol"`}},
			Absent: Kept(), Null: Shown("null"), Empty: Refused(422),
		}},
		Revocations: []Revocation{{Name: "removed", Revoke: ChangingUser(core.ByUsername(core.MainRealm, "ada"), RemoveUser), Status: 401}},
		Takeovers: []Case{
			{Name: TakePassword, Request: `PUT /fake/users/{id}
{auth}

{"password": "another-horse"}`, Status: 403},
			{Name: TakeName, Request: `PUT /fake/users/{id}
{auth}

{"login": "mine"}`, Status: 403},
			{Name: TakeKey, Request: `PUT /fake/users/{id}
{auth}

{"new_key": true}`, Status: 403},
			{Name: TakeStatus, Request: `PUT /fake/users/{id}
{auth}

{"disabled": true}`, Status: 403},
			{Name: Remove, Request: "DELETE /fake/users/{id}\n{auth}", Status: 403},
		},
		Harmless: Merge(Reads("users.get"), Because("a new user holds no rights", "users.post")),
		Caller:   "ada",
		Cannot:   map[string]string{"grant": "it gives no rights"},
		Secrets:  []string{fakePassword, "{elsewhere}", "{key}"},
		Shows: map[string][]string{
			"Create": {"{key}"}, "Show": {"{key}"}, "List": {"{key}", "{auth}"}, "Update": {"{key}"},
		},
	}
}

func fakeForm(a *Answer) error {
	var words fakeWords
	if err := json.Unmarshal(a.Body, &words); err != nil {
		return err
	}
	if words.Error == "" {
		return errors.New("no words")
	}
	return nil
}

// setupFake stores an administrator, a user without rights, and a user of another realm.
func setupFake(t testing.TB, dir *core.Directory) Vars {
	people := map[string]*core.User{"right": coretest.User("ada"), "weak": coretest.User("wim"), "elsewhere": coretest.User("eve")}
	people["right"].Name.Given, people["elsewhere"].Name.Given = "Admin", "Admin"
	people["elsewhere"].Realm = "other"
	vars := Vars{}
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		for _, who := range []string{"right", "weak", "elsewhere"} {
			vars[who] = "key-of-the-" + who
			people[who].SetHandle("fake.key", vars[who])
			if err := tx.AddUser(people[who]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	vars["auth"] = "X-Key: " + vars["right"]
	return vars
}
