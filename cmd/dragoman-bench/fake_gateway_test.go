package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// fakeGateway answers the operations' requests as far as the load generator looks
// at the responses.
type fakeGateway struct {
	users   int64
	gap     int64 // users from this one on have other numbers; 0: none
	asked   atomic.Int64
	answers http.HandlerFunc // for all but the look-up of users; nil: as is expected
}

func (s *fakeGateway) start(t *testing.T) (addr string) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// ServeHTTP implements http.Handler.
func (s *fakeGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name := r.URL.Query().Get("username__startswith"); name != "" {
		s.find(w, name)
		return
	}
	s.asked.Add(1)
	if s.answers != nil {
		s.answers(w, r)
		return
	}
	switch {
	case r.URL.Path == "/api/nothing":
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/users/"):
		w.WriteHeader(http.StatusNoContent)
	default:
		fmt.Fprint(w, `{"user":{}}`)
	}
}

func (s *fakeGateway) find(w http.ResponseWriter, name string) {
	i, err := strconv.ParseInt(name[len(name)-8:], 10, 64)
	if err != nil || i >= s.users {
		fmt.Fprint(w, `{"next":null,"prev":null,"objects":[]}`)
		return
	}
	if s.gap > 0 && i >= s.gap {
		i += 7
	}
	fmt.Fprintf(w, `{"next":null,"prev":null,"objects":[{"username":%q,"id":%d}]}`, name, i+5)
}
