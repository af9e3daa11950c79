package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

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

// entries are what a call of the journal answers with.
type entries struct {
	Entries []struct {
		ID                                 int
		Dialect, Operation, Caller, Method string
		Status                             int
		At                                 time.Time
	}
}

func (e entries) ids() (ids []int) {
	for _, one := range e.Entries {
		ids = append(ids, one.ID)
	}
	return ids
}

// calledOnce makes a sandbox whose journal has a call for each of the filters.
func calledOnce(t *testing.T) *server {
	s := serve(t, sandbox.Config{})
	s.create("a", `,"clock":"2024-05-06T07:00:00Z","frozen":true`)
	s.get("syncano")
	s.get("econtext")
	s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...)
	s.call(200, nil, "PUT", "sandboxes/a/clock", `{"advance":"1h"}`)
	s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...)
	s.do("GET", "/_sandbox/a/users/1.json", "", "Authorization", "Basic YW5uOlMzY3JldC1wYXNzIQ==")
	return s
}

func TestTheJournalIsFiltered(t *testing.T) {
	t.Parallel()
	s := calledOnce(t)
	for query, want := range map[string][]int{
		"":                              {1, 2, 3, 4, 5},
		"?dialect=onapp":                {3, 4, 5},
		"?operation=users.create":       {3, 4},
		"?status=422":                   {4},
		"?user=ann":                     {5},
		"?user=admin&dialect=econtext":  {2},
		"?after=3":                      {4, 5},
		"?since=2024-05-06T08:00:00Z":   {4, 5},
		"?until=2024-05-06T07:30:00Z":   {1, 2, 3},
		"?operation=users.show&after=5": nil,
	} {
		var found entries
		s.call(200, &found, "GET", "sandboxes/a/journal"+query, "")
		if got := found.ids(); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	for query, member := range map[string]string{"status=no": "status", "after=no": "after", "since=yesterday": "since", "until=1": "until", "wait=-1s": "wait", "wait=x": "wait",
		"dialect=none": "dialect", "operation=users.fly&wait=1m": "operation", "opertion=users.list": "opertion"} {
		var p sandbox.Problem
		if s.call(400, &p, "GET", "sandboxes/a/journal?"+query, ""); p.Member != member {
			t.Errorf("%s: %+v", query, p)
		}
	}
	s.call(204, nil, "DELETE", "sandboxes/a/journal", "")
	s.get("onapp")
	var left entries
	if s.call(200, &left, "GET", "sandboxes/a/journal", ""); !slices.Equal(left.ids(), []int{6}) {
		t.Errorf("after it was emptied: %v", left.ids())
	}
}

func TestTheJournalForgetsTheOldestCalls(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{Journal: 3})
	s.create("a", "")
	for range 5 {
		s.get("scim")
	}
	var left entries
	if s.call(200, &left, "GET", "sandboxes/a/journal", ""); !slices.Equal(left.ids(), []int{3, 4, 5}) {
		t.Error(left.ids())
	}
}

func TestTheJournalIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	s.get("syncano")
	came := make(chan entries)
	go func() {
		var found entries
		s.call(200, &found, "GET", "sandboxes/a/journal?dialect=onapp&wait=5m", "")
		came <- found
	}()
	s.get("econtext")
	s.get("onapp")
	if found := <-came; len(found.Entries) != 1 || found.Entries[0].Dialect != "onapp" {
		t.Errorf("%+v", found)
	}
	var none entries
	s.call(200, &none, "GET", "sandboxes/a/journal?dialect=scim&wait=1ms", "")
	if len(none.Entries) != 0 {
		t.Errorf("nothing is waited for in vain: %+v", none)
	}
}

func TestTheJournalIsFollowed(t *testing.T) {
	t.Parallel()
	s := calledOnce(t)
	for _, e := range s.follow("sandboxes/a/journal/events?operation=users.create", 2) {
		if e.name != "call" || !strings.Contains(e.data, `"id":`+e.id+`,`) || !strings.Contains(e.data, `"operation":"users.create"`) {
			t.Errorf("%+v", e)
		}
	}
	came := make(chan []event)
	go func() { came <- s.follow("sandboxes/a/journal/events?after=5", 2) }()
	s.get("scim")
	s.get("onapp")
	if list := <-came; list[0].id != "6" || list[1].id != "7" {
		t.Errorf("%+v", list)
	}
}

func TestAStreamEndsWithItsSandbox(t *testing.T) {
	t.Parallel()
	s := calledOnce(t)
	res, err := http.Get(s.url + "/_dragoman/sandboxes/a/journal/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	s.call(204, nil, "DELETE", "sandboxes/a", "")
	text, err := io.ReadAll(res.Body)
	if err != nil || strings.Count(string(text), "event: call\n") != 5 {
		t.Errorf("%v: %s", err, text)
	}
}

// HAR 1.2 has more members, all of which are optional.
func TestTheJournalIsShownAsHAR(t *testing.T) {
	t.Parallel()
	s := calledOnce(t)
	a := s.call(200, nil, "GET", "sandboxes/a/journal/har?dialect=onapp&operation=users.create", "")
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(harSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("https://dragoman.example/har.json", schema); err != nil {
		t.Fatal(err)
	}
	shown, err := jsonschema.UnmarshalJSON(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("https://dragoman.example/har.json").Validate(shown); err != nil {
		t.Error(err)
	}
	var h struct {
		Log struct {
			Entries []struct {
				Request struct {
					Method, URL string
					PostData    struct{ MimeType, Text string }
				}
				Response struct{ Status int }
			}
		}
	}
	if err := json.Unmarshal([]byte(a.body), &h); err != nil || len(h.Log.Entries) != 2 {
		t.Fatalf("%v: %s", err, a.body)
	}
	e := h.Log.Entries[1]
	if e.Request.Method != "POST" || e.Request.URL != "http://a.localhost/users.json" || e.Response.Status != 422 ||
		e.Request.PostData.MimeType != "application/json" || !strings.Contains(e.Request.PostData.Text, `"login":"ann"`) {
		t.Errorf("%+v", e)
	}
}

// harSchema is what HAR 1.2 demands of the parts that are used.
const harSchema = `{"type":"object","required":["log"],"properties":{"log":{"type":"object","required":["version","creator","entries"],"properties":{
	"version":{"const":"1.2"},"creator":{"type":"object","required":["name","version"]},
	"entries":{"type":"array","items":{"type":"object","required":["startedDateTime","time","request","response","cache","timings"],"properties":{
		"startedDateTime":{"type":"string","format":"date-time"},"time":{"type":"number","minimum":0},
		"request":{"type":"object","required":["method","url","httpVersion","cookies","headers","queryString","headersSize","bodySize"],"properties":{
			"url":{"type":"string","format":"uri"},"cookies":{"type":"array"},"headers":{"type":"array"},
			"queryString":{"type":"array","items":{"type":"object","required":["name","value"]}},
			"postData":{"type":"object","required":["mimeType","text"],"properties":{"text":{"type":"string"}}},
			"headersSize":{"type":"integer"},"bodySize":{"type":"integer"}}},
		"response":{"type":"object","required":["status","statusText","httpVersion","cookies","headers","content","redirectURL","headersSize","bodySize"],"properties":{
			"status":{"type":"integer"},"content":{"type":"object","required":["size","mimeType","text"],"properties":{"size":{"type":"integer"},"text":{"type":"string"}}}}},
		"timings":{"type":"object","required":["send","wait","receive"],"additionalProperties":{"type":"number","minimum":-1}}}}}}}}}`
