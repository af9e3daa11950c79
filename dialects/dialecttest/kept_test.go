package dialecttest

import (
	"slices"
	"strings"
	"testing"
)

func TestSecretsAreFoundInEveryForm(t *testing.T) {
	for text, want := range map[string]string{
		`{"password": "correct-horse"}`:                       "correct-horse",
		`{"new_password":"correct-horse"}`:                    "correct-horse",
		`{"user_key":"0123456789"}`:                           "0123456789",
		"<user><password>correct-horse</password></user>":     "correct-horse",
		`<api_key type="string">0123456789</api_key>`:         "0123456789",
		"user%5Bpassword%5D=correct%2Dhorse&x=1":              "correct-horse",
		"GET /v1/instances/?api_key=0123456789 HTTP/1.1":      "0123456789",
		"GET / HTTP/1.1\r\nX-API-KEY: 0123456789\r\n":         "0123456789",
		"Authorization: Basic YW5uOmNvcnJlY3QtaG9yc2U=\r\n":   "correct-horse",
		"Authorization: Bearer a-token-of-a-provider\r\n":     "a-token-of-a-provider",
		`{"password": "short", "password_changed_at": "now"}`: "",
	} {
		got := secretsIn(text)
		if want == "" && got != nil || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestASecretThatIsKeptFails(t *testing.T) {
	for kept, fails := range map[string]bool{"ann 0123456789": true, "ann": false} {
		p := &player{heard: []string{"0123456789"}, target: &Target{Kept: func() (string, error) { return kept, nil }}}
		r := record(t, func(t testing.TB) { p.judgeKept(t) })
		if r.failed != fails || fails && !strings.Contains(strings.Join(r.said, ""), "in plain text") {
			t.Errorf("%q: failed is %v, %s", kept, r.failed, r.said)
		}
	}
}
