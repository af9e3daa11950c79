package econtext

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// Wrong Basic credentials and wrong attempts to authenticate count together, and
// withhold the right password for a while.
func TestFailuresOfBothLoginsWithholdTheRightPassword(t *testing.T) {
	p := newProcess(t, dialecttest.SQLite().Open(t))
	setup(t, p.dir)
	p.wants(http.StatusOK, "admin", adminPassword)
	p.result("PUT", "/api/users/user/weak-uid", `{"applications": ["spare"]}`, nil)
	for i := range 11 {
		p.wants(http.StatusUnauthorized, "weak", fmt.Sprint("wrong", i))
		p.authenticates(false, "weak", fmt.Sprint("false", i), "192.0.2.1")
	}
	p.authenticates(false, "weak", adminPassword, "192.0.2.1")
	p.authenticates(true, "weak", adminPassword, "203.0.113.4")
	p.clock.Advance(4 * time.Second)
	p.authenticates(true, "weak", adminPassword, "192.0.2.1")
}

func (p *process) authenticates(want bool, login, password, address string) {
	p.t.Helper()
	body := fmt.Sprintf(`{"type": "username", "credential": {"username": %q, "password": %q}, "application": "spare", "ip_address": %q}`,
		login, password, address)
	answer := p.askAs("admin", adminPassword, "POST", "/api/authenticate", body)
	if got := strings.Contains(answer.Body.String(), `"authenticated": true`); got != want {
		p.t.Errorf("%s with %q from %s: %s, want %v", login, password, address, answer.Body, want)
	}
}
