package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// A sandbox that strangers reach is full at some time, by whatever dialect, and serves what
// it has.
func TestASandboxIsBoundedForEveryDialect(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{MaxBytes: 1 << 20})
	long := strings.Repeat("long ", 2000)
	for dialect, add := range map[string]struct{ method, path, body string }{
		"onapp":    {"POST", "/users.json", `{"user":{"login":"u%[1]d","email":"u%[1]d@example.com","password":"changeme1","first_name":"` + long[:100] + `"}}`},
		"econtext": {"POST", "/api/users/user", `{"username":"u%[1]d","email":"u%[1]d@example.com","password":"changeme1","applications":[],"custom_data":{"a":"` + long + `"}}`},
		"syncano":  {"POST", "/v1.1/instances/main/users/", `{"username":"u%[1]d","password":"changeme1"}`},
	} {
		s.create(dialect, "")
		at := "/_sandbox/" + dialect
		header := []string{"Authorization", adminBasic, "X-API-KEY", seedAPIKey, "Content-Type", "application/json"}
		got := answer{status: 200}
		for i := 0; got.status < 300 && i < 2000; i++ {
			got = s.do(add.method, at+add.path, fmt.Sprintf(add.body, i), header...)
		}
		if got.status < 500 {
			t.Errorf("%s: 2000 users fit into a megabyte: %d %.200s", dialect, got.status, got.body)
		}
		for _, path := range []string{"/users.json?page=1", "/api/users?limit=10", "/v1.1/instances/main/users/"} {
			if a := s.do("GET", at+path, "", header...); a.status != 200 {
				t.Errorf("%s is full: %s: %d %.200s", dialect, path, a.status, a.body)
			}
		}
	}
}
