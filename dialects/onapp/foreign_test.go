package onapp

import (
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// The users of setup were not created by OnApp: they have no facet.

func TestAUserWithoutAnAddressCanBeChanged(t *testing.T) {
	for _, suffix := range []string{".json", ".xml"} {
		w := newFixture(t)
		w.change("nora", func(u *core.User) { u.Email = "" })
		body := `{"user":{"email":null,"first_name":"Nora"}}`
		if suffix == ".xml" {
			body = `<user><email nil="true"/><first_name>Nora</first_name></user>`
		}
		w.do("PUT /users/3"+suffix, body)
		if u := w.stored("nora"); u.Email != "" || u.Name.Given != "Nora" {
			t.Errorf("%s: %q %+v", suffix, u.Email, u.Name)
		}
	}
	w := newFixture(t)
	w.change("nora", func(u *core.User) { u.Email = "" })
	if email, there := w.user("3")["email"]; email != nil || !there {
		t.Errorf("email shows as %v", email)
	}
	wantStatus(t, w.as("auth", "PUT /users/3.json", `{"user":{"email":"nope"}}`), 422)
}

func TestALoginThatOnAppWouldRefuseIsLeftAlone(t *testing.T) {
	w := newFixture(t)
	w.change("nora", func(u *core.User) { u.Username = "Nora Ünal, of the long name that the panel would refuse" })
	w.do("PUT /users/3.json", `{"user":{"login":"Nora Ünal","first_name":"Nora"}}`)
	if login := w.user("3")["login"]; !strings.HasPrefix(login.(string), "Nora Ünal, of") {
		t.Errorf("login is %v", login)
	}
}

func TestANameThatIsTooLongHereCanBeSentBack(t *testing.T) {
	w := newFixture(t)
	long := strings.Repeat("van ", 30) + "Berg"
	w.change("nora", func(u *core.User) { u.Name = core.Name{Formatted: "Nora " + long} })
	w.do("PUT /users/3.json", `{"user":{"first_name":"Nora","last_name":"`+long+`","time_zone":"London"}}`)
	if shown := w.user("3"); shown["last_name"] != long || shown["time_zone"] != "London" {
		t.Errorf("shown as %q in %v", shown["last_name"], shown["time_zone"])
	}
	w.do("PUT /users/3.json", `{"user":{"first_name":"No","last_name":"`+long+`"}}`)
	if got := w.stored("nora").Name; got != (core.Name{Given: "No", Family: long}) {
		t.Errorf("stored as %+v", got)
	}
	wantStatus(t, w.as("auth", "PUT /users/3.json", `{"user":{"last_name":"`+long+`."}}`), 422)
}

func TestNamesFollowFromTheWholeNameUntilOthersAreSaid(t *testing.T) {
	whole := core.Name{Formatted: "Nora van der Berg"}
	split := core.Name{Given: "Nora", Family: "van der Berg"}
	for name, c := range map[string]struct {
		before core.Name
		body   string
		first  string
		last   string
		after  core.Name
	}{
		"nothing said":          {whole, `{}`, "Nora", "van der Berg", whole},
		"the same sent back":    {whole, `{"first_name":"Nora","last_name":"van der Berg"}`, "Nora", "van der Berg", whole},
		"a new last name":       {whole, `{"last_name":"Lee"}`, "Nora", "Lee", core.Name{Given: "Nora", Family: "Lee"}},
		"a first name cleared":  {whole, `{"first_name":null}`, "", "van der Berg", core.Name{Family: "van der Berg"}},
		"parts that were given": {split, `{"first_name":"No"}`, "No", "van der Berg", core.Name{Given: "No", Family: "van der Berg"}},
		"parts beside a whole":  {core.Name{Formatted: "Nora Lee", Given: "Nora", Family: "Berg"}, `{}`, "Nora", "Berg", core.Name{Formatted: "Nora Lee", Given: "Nora", Family: "Berg"}},
		"whole and parts agree": {core.Name{Formatted: "Dr. Nora Berg", Given: "Nora", Family: "Berg"}, `{}`, "Nora", "Berg", core.Name{Formatted: "Dr. Nora Berg", Given: "Nora", Family: "Berg"}},
		"a single word":         {core.Name{Formatted: "Nora"}, `{}`, "Nora", "", core.Name{Formatted: "Nora"}},
		"no name at all":        {core.Name{}, `{"first_name":""}`, "", "", core.Name{}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			w.change("nora", func(u *core.User) { u.Name = c.before })
			w.do("PUT /users/3.json", `{"user":`+c.body+`}`)
			shown := w.user("3")
			if shown["first_name"] != c.first || shown["last_name"] != c.last {
				t.Errorf("shown as %q %q", shown["first_name"], shown["last_name"])
			}
			if got := w.stored("nora").Name; got != c.after {
				t.Errorf("stored as %+v", got)
			}
		})
	}
}

func TestTheIdentifierOfAForeignerStays(t *testing.T) {
	w := newFixture(t)
	first := w.user("3")["identifier"].(string)
	if len(first) != identifierLength || strings.Trim(first, identifierAlphabet) != "" {
		t.Errorf("%q has not the form of an identifier", first)
	}
	w.do("PUT /users/3.json", `{"user":{"time_zone":"Kyiv"}}`)
	w.do("POST /users/3/suspend.json", "")
	if again := w.user("3")["identifier"]; again != first {
		t.Errorf("%q became %q", first, again)
	}
	if other := w.user("2")["identifier"]; other == first {
		t.Error("two users have one identifier")
	}
}

func TestANumberOfAnotherDialectStaysANumber(t *testing.T) {
	for name, c := range map[string]struct{ typ, stored, sent, shown, after string }{
		"sent back as text":      {"string", `40`, `"40"`, "40", `40`},
		"another text":           {"string", `40`, `"41"`, "41", `"41"`},
		"an integer field":       {"integer", `"40"`, `"41"`, "41", `41`},
		"no canonical integer":   {"integer", `40`, `"041"`, "041", `"041"`},
		"exact digits":           {"string", `1.50`, `"1.50"`, "1.50", `1.50`},
		"a truth":                {"string", `true`, `"true"`, "true", `true`},
		"a list shows as none":   {"string", `[1]`, `"none"`, "none", `[1]`},
		"a list is replaced":     {"string", `[1]`, `"x"`, "x", `"x"`},
		"text in an integer":     {"integer", `"big"`, `"none"`, "none", `"big"`},
		"null takes it away":     {"string", `40`, `null`, "none", ``},
		"an object is no answer": {"string", `40`, `{"a":1}`, "40", `40`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			w.do("POST /user_additional_fields.json", `{"user_additional_field":{"name":"shoe","default_value":"none","data_type":"`+c.typ+`"}}`)
			w.change("nora", func(u *core.User) { u.Attributes.Set("shoe", c.stored); u.Attributes.Set("other", "1.0") })
			w.do("PUT /users/3.json", `{"user":{"additional_fields":[{"name":"shoe","value":`+c.sent+`},{"name":"other","value":"2"}]}}`)
			shown := w.user("3")["additional_fields"].([]any)[0].(map[string]any)["value"]
			if shown != c.shown {
				t.Errorf("shown as %q", shown)
			}
			attributes := w.stored("nora").Attributes
			if got, _ := attributes.Get("shoe"); got != c.after {
				t.Errorf("stored as %s", got)
			}
			if got, _ := attributes.Get("other"); got != "1.0" {
				t.Errorf("a name without a definition became %s", got)
			}
		})
	}
}
