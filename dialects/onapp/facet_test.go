package onapp

import (
	"reflect"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func TestAFacetIsReadAsItWasWritten(t *testing.T) {
	at := time.Date(2031, 8, 1, 12, 47, 8, 123456000, time.UTC)
	full := &facet{
		Identifier: "abc", Locale: "de", TimeZone: "London", Theme: "dark", Avatar: "a.png",
		Bucket: 2, Group: 36, Yubikey: yes, Gravatar: no, YubikeyText: "cccccc", HideInfoboxes: true,
		HiddenInfoboxes: []string{"x", "y"}, ActivatedAt: at, Failed: 3, LockedAt: at, UnlockToken: "t", WhiteLists: 2, Paid: -5,
	}
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
	v := reflect.ValueOf(*full)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "stored" && v.Field(i).IsZero() {
			t.Errorf("the test leaves %s out", name)
		}
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
