package econtext

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

func TestAccessTokenIsASignedJWT(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.result("PUT", "/api/applications/application/spare", `{"jwt_secret": " sesame "}`, nil)
	w.result("PUT", "/api/users/user/weak-uid", `{"name": "Weak", "applications": ["spare"], "groups": ["staff"]}`, nil)
	var have struct {
		Token string `json:"access_token"`
	}
	w.result("POST", "/api/authenticate", `{"type": "username", "application": "spare",
		"credential": {"username": "weak", "password": "`+adminPassword+`"}}`, &have)
	part := strings.Split(have.Token, ".")
	if len(part) != 3 {
		t.Fatalf("%q has not three parts", have.Token)
	}
	mac := hmac.New(sha256.New, []byte("sesame"))
	mac.Write([]byte(part[0] + "." + part[1]))
	if want := base64.RawURLEncoding.EncodeToString(mac.Sum(nil)); part[2] != want {
		t.Errorf("the signature is %s, want %s", part[2], want)
	}
	now := float64(coretest.Start.Unix())
	wantJSON(t, part[0], map[string]any{"alg": "HS256", "typ": "JWT"})
	wantJSON(t, part[1], map[string]any{
		"exp": now + 86400, "nbf": now, "iat": now, "iss": "https://auth.econtext.com/api/authenticate",
		"sub": "weak-uid", "aud": "spare", "groups": []any{"staff"}, "name": "Weak",
	})
}

func wantJSON(t *testing.T, part string, want map[string]any) {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	var have map[string]any
	if err := json.Unmarshal(raw, &have); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
}
