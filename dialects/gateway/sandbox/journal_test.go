package sandbox_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// event is a server-sent event.
type event struct{ id, name, data string }

// follow returns the first events of a stream.
func (s *server) follow(path string, events int) (list []event) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+sandbox.ControlPrefix+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	s.checkCall("GET", sandbox.ControlPrefix+path, "", answer{res.StatusCode, res.Header, "(a stream)"})
	var e event
	for in := bufio.NewScanner(res.Body); len(list) < events && in.Scan(); {
		name, value, _ := strings.Cut(in.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			list, e = append(list, e), event{}
		}
	}
	if len(list) < events {
		s.t.Fatalf("%d events of %d", len(list), events)
	}
	return list
}
