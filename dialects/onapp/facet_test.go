package onapp

import (
	"reflect"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func TestAFacetIsReadAsItWasWritten(t *testing.T) {
	full := fullFacet()
	for name, f := range map[string]*facet{"full": full, "empty": {}} {
		again, err := decodeFacet(f.encode())
		if err != nil {
			t.Fatal(err)
		}
		again.stored = wire.Value{}
		if !reflect.DeepEqual(f, again) {
			t.Errorf("%s: %+v became %+v", name, f, again)
		}
	}
	v := reflect.ValueOf(full.facetValues)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("the test leaves %s out", v.Type().Field(i).Name)
		}
	}
}

func TestTheNamesOfAFacetAreThoseThatItWrites(t *testing.T) {
	v, err := wire.ParseJSON(fullFacet().encode(), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range v.Members() {
		if !facetNames[m.Name] {
			t.Errorf("%s would be written twice", m.Name)
		}
	}
	if v.Len() != len(facetNames) {
		t.Errorf("%d written, %d named", v.Len(), len(facetNames))
	}
}

func fullFacet() *facet {
	at := time.Date(2031, 8, 1, 12, 47, 8, 123456000, time.UTC)
	return &facet{HiddenInfoboxes: []string{"x", "y"}, FailedFrom: []failedFrom{{"a", 3}}, facetValues: facetValues{
		Identifier: "abc", Locale: "de", TimeZone: "London", Theme: "dark", Avatar: "a.png",
		Bucket: 2, Group: 36, YubiKey: isTrue, Gravatar: isFalse, YubiKeyText: "cccccc", HideInfoboxes: true,
		ActivatedAt: at, Failed: 3, LockedAt: at, UnlockDigest: "t", WhiteLists: 2, Paid: -5,
	}}
}

func TestAnUpdateThatIsNoNewsForTheFacetLeavesItAlone(t *testing.T) {
	w := newFixture(t)
	w.do("PUT /users/3.json", `{"user":{"first_name":"Nora","time_zone":"","locale":null}}`)
	if doc := w.stored("nora").Facets.Get(dialectName); doc != nil {
		t.Errorf("a user of another dialect got %s", doc.Text())
	}
	w.do("PUT /users/3.json", `{"user":{"time_zone":"Kyiv"}}`)
	w.change("nora", func(u *core.User) { u.Facets.Set(dialectName, []byte(`{ "v": 1, "time_zone": "Kyiv" }`)) })
	w.do("PUT /users/3.json", `{"user":{"first_name":"No","time_zone":"Kyiv"}}`)
	if text := string(w.stored("nora").Facets.Get(dialectName).Text()); text != `{ "v": 1, "time_zone": "Kyiv" }` {
		t.Errorf("written again: %s", text)
	}
}

func TestAFacetKeepsWhatItDoesNotKnow(t *testing.T) {
	const text = `{"v":1,"locale":"de","tomorrow":{"b":[1.50,null]},"system_theme":"dark"}`
	f, err := decodeFacet([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	f = f.clone()
	f.Theme, f.Bucket = "", 7
	if got, want := string(f.encode()), `{"v":1,"locale":"de","bucket_id":7,"tomorrow":{"b":[1.50,null]}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestABrokenFacetIsAnErrorAndNotADefault(t *testing.T) {
	if _, err := decodeFacet([]byte(`{"locale":`)); err == nil {
		t.Error("no error")
	}
}
