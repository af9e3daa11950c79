package redact

import (
	"net/http/httptest"
	"strings"
	"testing"
)

const secret = "hunter2hunter2"

func TestNoSecretIsLeft(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/?api_key="+secret, nil)
	r.Header.Set("Authorization", "Bearer "+secret)
	for claim, text := range map[string]Text{
		"JSON":          Body("application/json", []byte(`{"user":{"password":"hunter2hunter2","login":"ann"},"list":[{"apiKey":"hunter2hunter2"}]}`), false),
		"SCIM":          Body("application/scim+json", []byte(`{"password":"hunter2hunter2"}`), false),
		"no type":       Body("", []byte(`{"password":"hunter2hunter2"}`), false),
		"XML":           Body("application/xml; charset=utf-8", []byte(`<user><login>ann</login><password type="string">hunter2hunter2</password></user>`), false),
		"a form":        Body("application/x-www-form-urlencoded", []byte("user%5Bpassword%5D=hunter2hunter2&login=ann"), false),
		"a broken form": Body("application/x-www-form-urlencoded", []byte("%zz=hunter2hunter2"), false),
		"broken JSON":   Body("application/json", []byte(`{"password":"hunter2hunter2"`), false),
		"a cut body":    Body("application/xml", []byte(`<password>hunter2hunter2`), true),
		"another type":  Body("multipart/form-data; boundary=x", []byte("hunter2hunter2"), false),
		"a query":       Query("api_key=hunter2hunter2&x=1"),
		"a header":      Header("X-Api-Key", secret),
		"a path":        Path("/keys/0123456789abcdef0123456789abcdef0123/x"),
		"the caller":    Caller(r),
	} {
		if strings.Contains(text.String(), secret) || strings.Contains(text.String(), "0123456789abcdef") {
			t.Errorf("%s: %s", claim, text)
		}
	}
}

func TestTheRestIsLeft(t *testing.T) {
	t.Parallel()
	if got := Body("application/json", []byte(`{"b":1.50,"a":"<x>","password":"p"}`), false).String(); got != `{"a":"<x>","b":1.50,"password":"***"}` {
		t.Error(got)
	}
	if got := Body("text/xml", []byte(`<u><login>ann</login><password>p</password></u>`), false).String(); got != `<u><login>ann</login><password>***</password></u>` {
		t.Error(got)
	}
	if got := Query("page=2&api_key=abc").String(); got != "page=2&api_key=***" {
		t.Error(got)
	}
}
