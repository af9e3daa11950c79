package console_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

var shownSecret = regexp.MustCompile(`<code id="secret">([^<]+)</code>`)

func TestOperatorMakesAndRevokesKeys(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.signIn()
	d.add("bob", false)
	for dialect, form := range map[string]url.Values{
		"onapp": {"owner": {"bob"}}, "econtext": {"owner": {"bob"}, "name": {"<b>ci</b>"}},
		"scim": {"owner": {"idp"}, "realm": {"main"}, "right": {"write"}},
	} {
		d.must("GET", "keys/"+dialect+"/new", nil, 200, "Make the key")
		page := d.must("POST", "keys/"+dialect+"/new", form, 200, "shown only now")
		secret := shownSecret.FindStringSubmatch(page)
		if secret == nil {
			t.Fatalf("%s: no key in\n%s", dialect, page)
		}
		list := d.must("GET", "keys?owner="+form.Get("owner"), nil, 200, "Revoke for good")
		if strings.Contains(list, secret[1]) || strings.Contains(list, "<b>") {
			t.Errorf("%s: the list shows the key, or markup", dialect)
		}
		id := regexp.MustCompile(dialect + `/revoke"><input type="hidden" name="id" value="([^"]+)"`).FindStringSubmatch(list)
		if id == nil {
			t.Fatalf("%s: the key is not listed:\n%s", dialect, list)
		}
		d.must("POST", "keys/"+dialect+"/revoke", url.Values{"id": {id[1]}}, 200, "The key was revoked.")
		d.must("POST", "keys/"+dialect+"/revoke", url.Values{"id": {id[1]}}, 404, "revoked already")
	}
}

func TestFormOfAKeySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.signIn()
	d.add("bob", false)
	d.must("POST", "keys/onapp/new", url.Values{"owner": {"no one"}}, 422, "does not exist", `value="no one"`)
	d.must("POST", "keys/onapp/new", url.Values{"owner": {"bob"}}, 200)
	d.must("POST", "keys/onapp/new", url.Values{"owner": {"bob"}}, 422, "has an API key already")
	d.must("POST", "keys/scim/new", url.Values{"owner": {"idp"}, "realm": {"syncano:accounts"}, "right": {"write"}}, 422, "a realm without a colon", `value="write" checked`)
	d.must("POST", "keys/syncano/new", url.Values{"owner": {"main"}, "right": {"all"}}, 422, "unknown right")
	d.must("GET", "keys/fax/new", nil, 404)
	d.must("GET", "keys?owner=no+one", nil, 200, "No key.")
}

func TestAReadOnlyConsoleMakesNoKey(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	d.signIn()
	d.must("GET", "keys", nil, 200, "No key.")
	d.must("POST", "keys/onapp/new", url.Values{"owner": {"olga"}}, 403, "read-only")
	err := d.dir.View(t.Context(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, "olga"))
		if err == nil && u.Handle("onapp.api_key") != "" {
			t.Error("it made a key")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAPageOfKeysIsBounded: a list of many keys says that there are more.
func TestAPageOfKeysIsBounded(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.signIn()
	for _, ring := range d.rings {
		if ring.Name() != "scim" {
			continue
		}
		for range 101 {
			add, err := ring.PrepareKey(t.Context(), dialects.KeyRequest{Owner: "idp", Realm: "main"})
			if err == nil {
				err = d.dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error { _, err := add(tx); return err })
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	page := d.must("GET", "keys", nil, 200, "There are more")
	if n := strings.Count(page, "Revoke for good"); n != 100 {
		t.Errorf("%d keys are shown", n)
	}
}
