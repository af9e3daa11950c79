package sandbox_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// Whoever may make sandboxes beside a gateway gets none of its clients, files or servers.
func TestASandboxBesideAGatewayTakesNothingOfIt(t *testing.T) {
	s := serve(t, sandbox.Config{Other: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "the gateway")
	})})
	s.create("thief", "")
	key := "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91"
	if a := s.do("GET", "/v1.1/instances/main/users/", "", "X-Api-Key", key); a.body != "the gateway" {
		t.Errorf("a key of the gateway is answered %d %s", a.status, a.body)
	}
	if a := s.do("GET", "/_sandbox/thief/v1.1/instances/main/users/", "", "X-Api-Key", key); a.status != 200 || a.body == "the gateway" {
		t.Errorf("below its path: %d %s", a.status, a.body)
	}
	for _, name := range []string{"syncano-files", "syncano-social-hook", "syncano-password-hook", "onapp-upstream", "econtext-upstream-secret-file"} {
		a := s.do("POST", "/_dragoman/sandboxes", `{"name": "files", "settings": {"`+name+`": "/var/lib/x"}}`)
		if a.status < 400 || a.status > 499 || !strings.Contains(a.body, name) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	s.call(201, nil, "POST", "sandboxes", `{"name": "v2", "settings": {"econtext-profile": "v2"}}`)
}
