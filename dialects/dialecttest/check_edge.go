package dialecttest

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// refusalStatuses are those of dialects.Refusal.
var refusalStatuses = []int{400, 408, 413, 429, 431, 500, 503}

// edgeChecks: what the program refuses around a dialect is said in its form.
func edgeChecks() []check {
	var all []check
	for _, status := range refusalStatuses {
		all = append(all, check{fmt.Sprintf("edge/refuses with %d", status), func(t testing.TB, s *Spec) { checkRefuse(t, s, status) }})
	}
	return all
}

func checkRefuse(t testing.TB, s *Spec, status int) {
	st := newFixture(t, s)
	st.let("id", "1")
	for _, script := range s.scripts() {
		w := httptest.NewRecorder()
		st.mux[0].Refuse(w, st.request(script.text), dialects.Refusal{Status: status, RetryAfter: 2500 * time.Millisecond})
		a := &Answer{Status: w.Code, Header: w.Result().Header, Body: w.Body.Bytes()}
		st.refused(a, status)
		if after := a.Header.Get("Retry-After"); (status == 429 || status == 503) && after != "3" {
			t.Errorf("Retry-After is %q for two and a half seconds, want 3", after)
		}
	}
}

// request is a script's last request as a server sees it.
func (st *fixture) request(script Script) *http.Request {
	st.t.Helper()
	raw, err := st.last(script).raw(st.player.vars)
	if err != nil {
		st.t.Fatal(err)
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		st.t.Fatal(err)
	}
	return r
}
